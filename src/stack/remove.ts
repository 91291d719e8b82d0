import { isOfStack, type LiveObject } from '../core/stack/deploy/live-object.ts'
import { VOLUMES } from '../core/stack/deploy/stack-kinds.ts'
import { hasStatus } from '../kubernetes/api-failed.ts'
import { alone, LEASE } from './alone.ts'
import { gone } from './gone.ts'
import { liveNamespace, liveObjects } from './live-objects.ts'
import { namespaceRest } from './namespace-rest.ts'
import { deleteObject } from './remove-objects.ts'
import type { StackCluster } from './stack-cluster.ts'
import { refusalText, StackFailed } from './stack-failed.ts'

export interface RemoveOptions {
  /** The volumes too, and what is in them. */
  readonly volumes: boolean
  readonly identity: string
  /** Milliseconds until it is said what hangs. */
  readonly timeout: number
  /** What is not gone yet. */
  readonly onProgress: (left: readonly string[]) => void
}

export interface Removed {
  readonly removed: readonly LiveObject[]
  /** Volumes that stay, with what is in them. */
  readonly volumes: readonly LiveObject[]
  /** Why the namespace stays; undefined where it is gone, or somebody else made it. */
  readonly namespaceStays: string | undefined
}

/** Takes a stack away, and waits until it is gone. @throws StackFailed with what hangs */
export async function remove(cluster: StackCluster, stack: string, options: RemoveOptions): Promise<Removed> {
  const namespace = await liveNamespace(cluster, stack)
  if (namespace?.isEnding) {
    await gone(cluster, stack, [namespace], options)
    return { removed: [namespace], volumes: [], namespaceStays: undefined }
  }
  const all = (await liveObjects(cluster, stack)).filter((object) => isOfStack(object, stack))
  const isOwn = namespace !== undefined && isOfStack(namespace, stack)
  if (namespace === undefined || (all.length === 0 && !isOwn))
    throw new StackFailed('stack-unknown', `there is no stack ${stack}`)
  const isKept = ({ kind }: LiveObject) => VOLUMES.has(kind) && !options.volumes
  const leaving = all.filter((object) => !isKept(object))
  await alone(cluster, stack, options, async (held) => {
    await deleteAll(held, leaving)
    await gone(held, stack, leaving, options)
  })
  const volumes = all.filter(isKept)
  const rest = isOwn ? await namespaceRest(cluster, stack) : []
  const claims = volumes.filter(({ kind }) => kind === 'PersistentVolumeClaim')
  const namespaceStays = stays(claims, rest)
  if (!isOwn || namespaceStays !== undefined) {
    await deleteLease(cluster, stack)
    return { removed: leaving, volumes, namespaceStays }
  }
  await deleteObject(cluster, namespace)
  await gone(cluster, stack, [namespace], options)
  return { removed: [...leaving, namespace], volumes, namespaceStays: undefined }
}

function stays(claims: readonly LiveObject[], rest: readonly string[]): string | undefined {
  const others = rest.filter(
    (name) => !claims.some((claim) => name === `PersistentVolumeClaim/${claim.name}`),
  )
  if (others.length > 0) return `it holds what is not the stack's: ${others.join(', ')}`
  return claims.length > 0 ? 'it holds the volumes' : undefined
}

/** What leads to others goes first, and what others need last. */
async function deleteAll(cluster: StackCluster, objects: readonly LiveObject[]): Promise<void> {
  for (const group of Map.groupBy(objects.toReversed(), ({ kind }) => kind).values()) {
    const results = await Promise.allSettled(group.map((object) => deleteObject(cluster, object)))
    const failed = results.flatMap((result, index) => {
      const { kind = '', name = '' } = group[index] ?? {}
      return result.status === 'rejected' ? [`${kind}/${name}: ${refusalText(result.reason, kind)}`] : []
    })
    if (failed.length > 0)
      throw new StackFailed('stack-incomplete', 'only a part of the stack was removed', failed)
  }
}

/** The Lease is nobody's object. */
async function deleteLease({ api, signal }: StackCluster, stack: string): Promise<void> {
  const path = `/apis/coordination.k8s.io/v1/namespaces/${stack}/leases/${LEASE}`
  try {
    await api.request({ method: 'DELETE', path, signal })
  } catch (error) {
    if (!hasStatus(error, 404)) throw error
  }
}
