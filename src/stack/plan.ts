import { type Fields, fieldsOf } from '../core/kubernetes/fields.ts'
import { isRemade, isUnchanged } from '../core/stack/deploy/compare.ts'
import { FIELD_MANAGER, isOfStack, type LiveObject, readLive } from '../core/stack/deploy/live-object.ts'
import { type Surplus, surplus } from '../core/stack/deploy/surplus.ts'
import { STACK } from '../core/stack/objects/labels.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { objectPath } from '../core/stack/objects/object-path.ts'
import { ApiFailed } from '../kubernetes/api-failed.ts'
import { serverSideApply } from '../kubernetes/server-side-apply.ts'
import { liveNamespace, liveObjects } from './live-objects.ts'
import { kindProblems, missingKinds, missingMiddlewares, missingNeeds } from './preflight.ts'
import { readIfThere, type StackCluster } from './stack-cluster.ts'
import { refusalText, StackFailed } from './stack-failed.ts'

export interface Step {
  readonly object: KubernetesObject
  readonly action: 'create' | 'change' | 'recreate' | 'keep'
  readonly before: LiveObject | undefined
  /** What it would be, as the API server says; what is wanted where it could not be asked. */
  readonly after: Fields
}

/** What deploying a stack would do. */
export interface Plan {
  readonly stack: string
  /** In the order in which they are applied. */
  readonly steps: readonly Step[]
  readonly surplus: Surplus
  readonly warnings: readonly string[]
  /** Without the namespace the API server can be asked nothing about what would lie in it. */
  readonly hasNamespace: boolean
}

export interface PlanOptions {
  /** Take over what others own, instead of being refused. */
  readonly force: boolean
  /** The namespace was made a moment ago, for this deploy. */
  readonly hasMade?: boolean
}

/** Kinds that can be made anew where a field cannot be changed: they hold no data. */
const REMADE: ReadonlySet<string> = new Set([
  'Service',
  'ClusterRoleBinding',
  'Deployment',
  'DaemonSet',
  'Job',
])
const IMMUTABLE = /immutable|may not change|cannot change/

/** Asks the API server what an apply of each object would do. @throws StackFailed with all that is in the way */
export async function makePlan(
  cluster: StackCluster,
  objects: readonly KubernetesObject[],
  options: PlanOptions,
): Promise<Plan> {
  const stack = stackOf(objects)
  const [namespace, live, needed, unknown, warnings] = await Promise.all([
    liveNamespace(cluster, stack),
    liveObjects(cluster, stack),
    missingNeeds(cluster, objects, stack),
    missingKinds(cluster, objects),
    missingMiddlewares(cluster, objects),
  ])
  if (namespace?.isEnding)
    throw new StackFailed(
      'stack-busy',
      `the namespace ${stack} is being deleted`,
      [],
      'Wait until it is gone: homeport stack rm says what holds it.',
    )
  const lacking = [...needed, ...kindProblems(unknown)]
  const known = objects.filter(({ apiVersion, kind }) => !unknown.has(`${apiVersion}/${kind}`))
  // A namespace that somebody else made stays as it is, and is never deleted.
  const own = known.filter(({ kind }) => kind !== 'Namespace' || !namespace || isOfStack(namespace, stack))
  const byPath = new Map([...live, ...(namespace ? [namespace] : [])].map((one) => [pathOf(one), one]))
  const looked = namespace
    ? await Promise.all(own.map((object) => look(cluster, object, byPath, { ...options, stack })))
    : own.map((object): Look => ({ step: { object, action: 'create', before: undefined, after: object } }))
  const conflicts = looked.flatMap((one) => ('conflicts' in one ? one.conflicts : []))
  const refusals = looked.flatMap((one) => ('refusal' in one ? [one.refusal] : []))
  const changed = options.hasMade ? 'only its namespace was made' : 'nothing was changed'
  refuse({ lacking, conflicts, refusals }, stack, changed)
  return {
    stack,
    steps: looked.flatMap((one) => ('step' in one ? [one.step] : [])),
    surplus: surplus(live, objects, stack),
    warnings: own.length < known.length ? [...warnings, keptNamespace(stack)] : warnings,
    hasNamespace: namespace !== undefined,
  }
}

function keptNamespace(stack: string): string {
  return `the namespace ${stack} is not this stack's: it keeps the labels of its maker, and homeport stack rm leaves it`
}

/** The namespace of a stack is its name in the cluster. */
export function stackOf(objects: readonly KubernetesObject[]): string {
  return objects.find(({ kind }) => kind === 'Namespace')?.metadata.name ?? ''
}

type Look = { readonly step: Step } | { readonly conflicts: readonly string[] } | { readonly refusal: string }

async function look(
  cluster: StackCluster,
  object: KubernetesObject,
  byPath: ReadonlyMap<string, LiveObject>,
  { force, stack }: PlanOptions & { stack: string },
): Promise<Look> {
  const path = objectPath(object)
  const title = `${object.kind}/${object.metadata.name}`
  const raw = byPath.get(path) === undefined ? await readIfThere(cluster, path) : undefined
  const before = byPath.get(path) ?? (raw === undefined ? undefined : readLive(object, raw))
  if (before && before.labels[STACK] !== stack && !force)
    return { conflicts: [`${title} is there already, and is not this stack's`] }
  const isOurs = before !== undefined && isOfStack(before, stack)
  const remade: Look = { step: { object, action: 'recreate', before, after: object } }
  if (isOurs && isRemade(before.raw, object)) return remade
  try {
    const after = fieldsOf(await apply(cluster, object, { force, dryRun: true }))
    const action = before === undefined ? 'create' : isUnchanged(before.raw, after) ? 'keep' : 'change'
    return { step: { object, action, before, after } }
  } catch (error) {
    if (!(error instanceof ApiFailed) || error.status === 0) throw error
    if (error.status === 409 && error.causes.length > 0)
      return { conflicts: error.causes.map((cause) => `${title}: ${conflictText(cause)}`) }
    if (error.status === 422 && isOurs && REMADE.has(object.kind) && IMMUTABLE.test(error.message))
      return remade
    return { refusal: `${title}: ${refusalText(error, object.kind)}` }
  }
}

/** `conflict with "kubectl" using apps/v1` */
function conflictText({ field, message }: { field: string; message: string }): string {
  const [, owner = message] = /^conflict with "([^"]*)"/.exec(message) ?? []
  return `${field} belongs to ${owner}`
}

export async function apply(
  { api, signal }: StackCluster,
  object: KubernetesObject,
  options: { force: boolean; dryRun?: boolean },
): Promise<unknown> {
  const ours = { fieldManager: FIELD_MANAGER, strict: true, signal }
  return await serverSideApply(api, objectPath(object), object, { ...ours, ...options })
}

interface InTheWay {
  readonly lacking: readonly string[]
  readonly conflicts: readonly string[]
  readonly refusals: readonly string[]
}

function refuse({ lacking, conflicts, refusals }: InTheWay, stack: string, changed: string): void {
  const all = [...lacking, ...conflicts, ...refusals]
  if (all.length === 0) return
  const what = `${stack} was not deployed, ${changed}`
  if (lacking.length > 0) throw new StackFailed('stack-needs', what, all)
  throw new StackFailed(conflicts.length > 0 ? 'stack-conflict' : 'cluster-refused', what, all)
}

function pathOf({ apiVersion, kind, name, namespace }: LiveObject): string {
  return objectPath({ apiVersion, kind, metadata: { name, namespace } })
}
