import { fieldsOf, objectField, textsField } from '../core/kubernetes/fields.ts'
import { type LiveObject, readLive } from '../core/stack/deploy/live-object.ts'
import { objectPath } from '../core/stack/objects/object-path.ts'
import { livePods } from './live-objects.ts'
import { readIfThere, type StackCluster } from './stack-cluster.ts'
import { StackFailed } from './stack-failed.ts'

/** Milliseconds between two looks. */
const PAUSE = 500

export interface GoneOptions {
  /** Milliseconds until it is said what hangs. */
  readonly timeout: number
  /** What is not gone yet. */
  readonly onProgress: (left: readonly string[]) => void
}

/** Waits until objects that were deleted are gone, with the pods of the stack. @throws StackFailed with what hangs */
export async function gone(
  cluster: StackCluster,
  stack: string,
  objects: readonly LiveObject[],
  { timeout, onProgress }: GoneOptions,
): Promise<void> {
  const { clock, signal } = cluster
  const end = clock.now() + timeout
  let waited = objects
  for (;;) {
    const [there, pods] = await Promise.all([
      Promise.all(waited.map((object) => stillThere(cluster, object))),
      livePods(cluster, stack),
    ])
    waited = there.filter((object) => object !== undefined)
    const left = [...waited, ...pods]
    if (left.length === 0) return
    onProgress(left.map(titleOf))
    if (clock.now() >= end || signal.aborted)
      throw new StackFailed('stack-stays', `not gone after ${timeout / 1000} s`, left.map(whatHolds))
    await clock.sleep(PAUSE, signal)
  }
}

/** As it is now; undefined where it is gone, whoever may have its name by now. */
async function stillThere(cluster: StackCluster, object: LiveObject): Promise<LiveObject | undefined> {
  const { apiVersion, kind, name, namespace, uid } = object
  const raw = await readIfThere(cluster, objectPath({ apiVersion, kind, metadata: { name, namespace } }))
  if (raw === undefined) return undefined
  const now = readLive(object, raw)
  return now.uid === uid ? now : undefined
}

/** `PersistentVolumeClaim/data: held by kubernetes.io/pvc-protection` */
function whatHolds(object: LiveObject): string {
  const finalizers = [
    ...textsField(objectField(object.raw, 'metadata'), 'finalizers'),
    ...textsField(objectField(object.raw, 'spec'), 'finalizers'),
  ]
  const said = fieldsOf(object.raw['status'])['conditions']
  const why = Array.isArray(said) && object.kind === 'Namespace' ? saidOf(said) : ''
  const holds = finalizers.length > 0 ? `held by ${finalizers.join(', ')}` : 'about to end'
  return `${titleOf(object)}: ${holds}${why}`
}

/** A namespace says itself what is left in it. */
function saidOf(conditions: readonly unknown[]): string {
  const told = conditions
    .map(fieldsOf)
    .filter(({ status, message }) => status === 'True' && typeof message === 'string')
    .map(({ message }) => message)
  return told.length > 0 ? `; ${told.join(' ')}` : ''
}

function titleOf({ kind, name }: LiveObject): string {
  return `${kind}/${name}`
}
