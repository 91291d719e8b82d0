import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { alone } from './alone.ts'
import { type CarryOutOptions, carryOut, type Done } from './carry-out.ts'
import { apply, makePlan, type Plan, type PlanOptions, stackOf } from './plan.ts'
import type { StackCluster } from './stack-cluster.ts'

export interface DeployOptions extends PlanOptions, Pick<CarryOutOptions, 'onDone'> {
  /** Delete what the stack no longer has. */
  readonly prune: boolean
  /** ... its volumes among it. */
  readonly volumes: boolean
  /** Of this process, in the Lease. */
  readonly identity: string
}

export interface Deployed {
  readonly done: readonly Done[]
  /** What the stack no longer has, and was left. */
  readonly left: readonly LiveObject[]
  readonly warnings: readonly string[]
}

/**
 * Makes the cluster have these objects of a stack.
 * @throws StackFailed: before anything is changed, with all that is in the way; or with what was done and what not
 */
export async function deploy(
  cluster: StackCluster,
  objects: readonly KubernetesObject[],
  options: DeployOptions,
): Promise<Deployed> {
  const stack = stackOf(objects)
  // What is in the way is told before there is a namespace, as far as it can be known.
  const isNew = !(await makePlan(cluster, objects, options)).hasNamespace
  const namespace = objects.find(({ kind }) => kind === 'Namespace')
  if (isNew && namespace) {
    await apply(cluster, namespace, options)
    options.onDone?.({ kind: 'Namespace', name: stack, action: 'created' })
  }
  return await alone(cluster, stack, options, async (held) => {
    const plan = await makePlan(held, objects, { ...options, hasMade: isNew })
    const steps = plan.steps.filter(({ object }) => !(isNew && object.kind === 'Namespace'))
    const removing = pruned(plan, options)
    const done = await carryOut(held, { ...plan, steps }, { ...options, removing })
    const made: Done[] = isNew ? [{ kind: 'Namespace', name: stack, action: 'created' }] : []
    return { done: [...made, ...done], left: leftOver(plan, removing), warnings: plan.warnings }
  })
}

/** What `--prune` deletes. */
export function pruned(
  { surplus }: Plan,
  { prune, volumes }: Pick<DeployOptions, 'prune' | 'volumes'>,
): readonly LiveObject[] {
  if (!prune) return []
  return [...(volumes ? surplus.volumes : []), ...surplus.prunable]
}

export function leftOver({ surplus }: Plan, removing: readonly LiveObject[]): readonly LiveObject[] {
  return [...surplus.prunable, ...surplus.volumes].filter((object) => !removing.includes(object))
}
