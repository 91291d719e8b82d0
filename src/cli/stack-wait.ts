import { performance } from 'node:perf_hooks'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import type { StackCluster } from '../stack/stack-cluster.ts'
import { StackFailed } from '../stack/stack-failed.ts'
import type { StackVerbs } from './cluster-options.ts'
import type { Context } from './context.ts'
import { formatSeconds } from './duration.ts'
import { LiveLine } from './live-line.ts'

export interface AwaitOptions {
  readonly stack: string
  /** Milliseconds. */
  readonly timeout: number
}

/** Waits until all of a stack runs; shows how far it has come. @throws StackFailed with all reasons why it does not */
export async function awaitStack(
  cluster: StackCluster,
  verbs: StackVerbs,
  objects: readonly KubernetesObject[],
  { stack, timeout }: AwaitOptions,
  { terminal }: Context,
): Promise<void> {
  const line = new LiveLine(terminal)
  const start = performance.now()
  const last = await verbs
    .waitUntilReady(cluster, stack, objects, {
      timeout,
      onProgress: ({ ready, total, pending, troubles }) => {
        const reasons = troubles.map(({ subject, reason }) => `${subject}: ${reason}`)
        line.show(`${ready} of ${total} ready; ${[...reasons, ...pending].join(', ')}`)
      },
    })
    .finally(() => line.clear())
  const passed = formatSeconds((performance.now() - start) / 1000)
  if (last.pending.length === 0) {
    terminal.err(`${stack} is ready.\n`)
    return
  }
  if (cluster.signal.aborted)
    throw new StackFailed('stack-stopped', `${stack} is deployed, and not ready yet`, last.pending)
  const reasons = await verbs.explain(cluster, stack, last.troubles)
  const told = new Set(last.troubles.map(({ subject }) => subject))
  const untold = last.pending.filter((text) => !told.has(text.slice(0, text.indexOf(': '))))
  throw new StackFailed('stack-not-ready', `${stack} is not ready after ${passed}`, [...reasons, ...untold])
}
