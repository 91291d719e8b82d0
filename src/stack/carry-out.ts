import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import { WORKLOADS } from '../core/stack/deploy/stack-kinds.ts'
import { apply, type Plan, type Step } from './plan.ts'
import { deleteObject } from './remove-objects.ts'
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
  const tell = (one: Done) => {
    done.push(one)
    onDone?.(one)
  }
  const remove = async (object: LiveObject) => {
    await deleteObject(cluster, object)
    tell({ ...named(object), action: 'removed' })
  }
  const applyStep = async (step: Step) => {
    if (step.action === 'recreate' && step.before) await deleteObject(cluster, step.before)
    if (step.action !== 'keep') await apply(cluster, step.object, { force })
    tell({ ...namedStep(step), action: PAST[step.action] })
  }
  const isWork = ({ object: { kind } }: Step) => WORKLOADS.has(kind)
  const [before, after] = [steps.filter((step) => !isWork(step)), steps.filter(isWork)]
  const first = before.filter(({ object }) => !LAST.has(object.kind))
  const last = before.filter(({ object }) => LAST.has(object.kind))
  const turns: (readonly Task[])[] = [
    ...byKind(first).map((group) =>
      group.map((step) => ({ ...namedStep(step), run: () => applyStep(step) })),
    ),
    surplus.replaced.map((object) => ({ ...named(object), run: () => remove(object) })),
    ...[...byKind(after), ...byKind(last)].map((group) =>
      group.map((step) => ({ ...namedStep(step), run: () => applyStep(step) })),
    ),
    ...backwards(removing).map((group) =>
      group.map((object) => ({ ...named(object), run: () => remove(object) })),
    ),
  ]
  await runTurns(turns, done, stack)
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

interface Task {
  readonly kind: string
  readonly name: string
  readonly run: () => Promise<void>
}

async function runTurns(
  turns: readonly (readonly Task[])[],
  done: readonly Done[],
  stack: string,
): Promise<void> {
  for (const [index, turn] of turns.entries()) {
    const results = await Promise.allSettled(turn.map(({ run }) => run()))
    const failed = results.flatMap((result, at) => {
      const { kind = '', name = '' } = turn[at] ?? {}
      return result.status === 'rejected' ? [`${kind}/${name}: ${refusalText(result.reason, kind)}`] : []
    })
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
