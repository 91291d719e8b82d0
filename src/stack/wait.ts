import { type ClusterEvent, readEvent } from '../core/stack/deploy/cluster-event.ts'
import { type Progress, progress, type Sight } from '../core/stack/deploy/progress.ts'
import { STACK_KINDS } from '../core/stack/deploy/stack-kinds.ts'
import type { LogPlace, Trouble } from '../core/stack/deploy/trouble.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { liveObjects, livePods } from './live-objects.ts'
import { logLines } from './pod-log.ts'
import { listAll, type StackCluster } from './stack-cluster.ts'

/** Kinds that take their time. */
const WAITED = new Set(['Deployment', 'DaemonSet', 'Job', 'PersistentVolumeClaim', 'Service'])

/** Milliseconds between two looks. */
const PAUSE = 1_000

/** Lines of a log that say why a container ended. */
const LINES = 5

export interface WaitOptions {
  /** Milliseconds. */
  readonly timeout: number
  readonly onProgress: (progress: Progress) => void
}

/** Looks until all is ready, nothing gets better by waiting, or the time is over; gives what it saw last. */
export async function waitUntilReady(
  cluster: StackCluster,
  stack: string,
  objects: readonly KubernetesObject[],
  { timeout, onProgress }: WaitOptions,
): Promise<Progress> {
  const { clock, signal } = cluster
  const names = new Set(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`))
  const end = clock.now() + timeout
  for (;;) {
    const seen = progress(await look(cluster, stack, names))
    onProgress(seen)
    if (seen.pending.length === 0 || seen.isStuck || clock.now() >= end || signal.aborted) return seen
    await clock.sleep(Math.min(PAUSE, end - clock.now()), signal)
  }
}

async function look(cluster: StackCluster, stack: string, names: ReadonlySet<string>): Promise<Sight> {
  const kinds = STACK_KINDS.filter(({ kind }) => WAITED.has(kind))
  const [objects, pods, events] = await Promise.all([
    liveObjects(cluster, stack, kinds),
    livePods(cluster, stack),
    clusterEvents(cluster, stack),
  ])
  return { objects: objects.filter(({ kind, name }) => names.has(`${kind}/${name}`)), pods, events }
}

export async function clusterEvents(cluster: StackCluster, namespace: string): Promise<ClusterEvent[]> {
  const events = await listAll(cluster, `/api/v1/namespaces/${namespace}/events`)
  return events.map((raw) => readEvent(raw, Date.parse))
}

/** What is wrong, and the last lines of the logs that tell more. */
export async function explain(
  cluster: StackCluster,
  stack: string,
  troubles: readonly Trouble[],
): Promise<string[]> {
  return await Promise.all(
    troubles.map(async ({ subject, service, reason, detail, log }) => {
      const of = service === undefined || subject.endsWith(`/${service}`) ? '' : `${service}, `
      const lines = log ? await lastLines(cluster, stack, log) : []
      return [`${of}${subject}: ${reason}: ${detail}`, ...lines.map((line) => `    | ${line}`)].join('\n')
    }),
  )
}

/** None where there is no log any more: that says nothing new. */
async function lastLines(cluster: StackCluster, stack: string, place: LogPlace): Promise<string[]> {
  const options = { container: place.container, previous: place.previous, tailLines: LINES }
  try {
    return await logLines(cluster, `/api/v1/namespaces/${stack}/pods/${place.pod}/log`, options)
  } catch {
    return []
  }
}
