import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import { WORKLOADS } from '../core/stack/deploy/stack-kinds.ts'
import { apply, type Plan, type Step } from './plan.ts'
import { deleteObject } from './remove-objects.ts'
import { replaceWorkload } from './replace-workload.ts'
import type { StackCluster } from './stack-cluster.ts'
import { refusalText, StackFailed } from './stack-failed.ts'

export type Action = 'created' | 'changed' | 'recreated' | 'unchanged' | 'removed'

/** What became of an object. */
export interface Done {
  readonly kind: string
  readonly name: string
  readonly action: Action
}

export interface CarryOutOptions {
  readonly force: boolean
  /** What is deleted after all is applied. */
  readonly removing: readonly LiveObject[]
  readonly onDone?: (done: Done) => void
}

const PAST = { create: 'created', change: 'changed', recreate: 'recreated', keep: 'unchanged' } as const

/**
 * Does what the plan says, kind after kind, the objects of one kind together. What goes wrong ends it after its kind: what
 * comes later needs what comes before.
 * @throws StackFailed that says what was done, and what not
 */
export async function carryOut(
  cluster: StackCluster,
  { stack, steps, surplus }: Plan,
  { force, removing, onDone }: CarryOutOptions,
): Promise<Done[]> {
  const done: Done[] = []
  const remove = (object: LiveObject): Task => ({
    ...named(object),
    action: 'removed',
    run: () => deleteObject(cluster, object),
  })
  const end = (object: LiveObject) =>
    WORKLOADS.has(object.kind) ? replaceWorkload(cluster, stack, object) : deleteObject(cluster, object)
  const replace = (object: LiveObject): Task => ({ ...remove(object), run: () => end(object) })
  const change = (step: Step): Task => ({
    ...namedStep(step),
    action: PAST[step.action],
    run: async () => {
      if (step.action === 'recreate' && step.before) await end(step.before)
      if (step.action !== 'keep') await apply(cluster, step.object, { force })
    },
  })
  const isWork = ({ object: { kind } }: Step) => WORKLOADS.has(kind)
  const isLast = ({ object: { kind } }: Step) => LAST.has(kind)
  const first = steps.filter((step) => !isWork(step) && !isLast(step))
  const changes = (some: readonly Step[]) => byKind(some).map((group) => group.map(change))
  const turns = [
    ...changes(first),
    surplus.replaced.map(replace),
    ...changes(steps.filter(isWork)),
    ...changes(steps.filter(isLast)),
    ...backwards(removing).map((group) => group.map(remove)),
  ]
  await runTurns(turns, stack, done, onDone)
  return done
}

/** What leads to the workloads comes after them. */
const LAST: ReadonlySet<string> = new Set([
  'Middleware',
  'Ingress',
  'IngressRoute',
  'IngressRouteTCP',
  'IngressRouteUDP',
])

interface Task extends Done {
  readonly run: () => Promise<unknown>
}

async function runTurns(
  turns: readonly (readonly Task[])[],
  stack: string,
  done: Done[],
  onDone?: (done: Done) => void,
): Promise<void> {
  for (const [index, turn] of turns.entries()) {
    const results = await Promise.allSettled(turn.map(({ run }) => run()))
    const failed: string[] = []
    for (const [at, { kind, name, action }] of turn.entries()) {
      const result = results[at]
      if (result?.status === 'rejected') failed.push(`${kind}/${name}: ${refusalText(result.reason, kind)}`)
      else {
        done.push({ kind, name, action })
        onDone?.({ kind, name, action })
      }
    }
    if (failed.length === 0) continue
    const left = turns.slice(index + 1).flat()
    const written = done.filter(({ action }) => action !== 'unchanged')
    throw new StackFailed('stack-incomplete', `only a part of ${stack} was deployed`, [
      ...failed,
      `done: ${listed(written)}`,
      ...(left.length > 0 ? [`not tried: ${listed(left)}`] : []),
    ])
  }
}

function listed(objects: readonly { readonly kind: string; readonly name: string }[]): string {
  return objects.map(({ kind, name }) => `${kind}/${name}`).join(', ') || 'nothing'
}

function byKind(steps: readonly Step[]): Step[][] {
  return [...Map.groupBy(steps, ({ object }) => object.kind).values()]
}

function backwards(objects: readonly LiveObject[]): LiveObject[][] {
  return [...Map.groupBy(objects, ({ kind }) => kind).values()].reverse()
}

function named({ kind, name }: LiveObject) {
  return { kind, name }
}

function namedStep({ object }: Step) {
  return { kind: object.kind, name: object.metadata.name }
}
