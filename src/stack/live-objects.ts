import { type LiveObject, readLive } from '../core/stack/deploy/live-object.ts'
import {
  clusterCollectionPath,
  collectionPath,
  type ObjectKind,
  STACK_KINDS,
} from '../core/stack/deploy/stack-kinds.ts'
import { STACK } from '../core/stack/objects/labels.ts'
import { hasStatus } from '../kubernetes/api-failed.ts'
import { listAll, readIfThere, type StackCluster } from './stack-cluster.ts'

const POD: ObjectKind = { apiVersion: 'v1', kind: 'Pod' }
const NAMESPACE: ObjectKind = { apiVersion: 'v1', kind: 'Namespace' }

/** What may be kept from users who may do all in one namespace; then the stack has nothing there that they made. */
const CLUSTER_WIDE = ['ClusterRoleBinding', 'PersistentVolume']

/** The objects that carry the label of a stack, whoever made them; its namespace is not among them. */
export async function liveObjects(
  cluster: StackCluster,
  stack: string,
  kinds: readonly ObjectKind[] = STACK_KINDS,
): Promise<LiveObject[]> {
  const found = await Promise.all(
    kinds
      .filter(({ kind }) => kind !== 'Namespace')
      .map(async (kind) => {
        const objects = await listKnown(cluster, collectionPath(kind, stack), `${STACK}=${stack}`, kind)
        return objects.map((raw) => readLive(kind, raw))
      }),
  )
  return found.flat()
}

/** The objects of these kinds of all stacks. */
export async function objectsOfAll(
  cluster: StackCluster,
  kinds: readonly ObjectKind[],
): Promise<LiveObject[]> {
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const objects = await listKnown(cluster, clusterCollectionPath(kind), STACK, kind)
      return objects.map((raw) => readLive(kind, raw))
    }),
  )
  return found.flat()
}

export async function livePods(cluster: StackCluster, stack: string): Promise<LiveObject[]> {
  const pods = await listAll(cluster, `/api/v1/namespaces/${stack}/pods`, `${STACK}=${stack}`)
  return pods.map((raw) => readLive(POD, raw))
}

export async function liveNamespace(cluster: StackCluster, name: string): Promise<LiveObject | undefined> {
  const raw = await readIfThere(cluster, `/api/v1/namespaces/${name}`)
  return raw === undefined ? undefined : readLive(NAMESPACE, raw)
}

/** None where the cluster does not know the kind, or keeps it from its users. */
async function listKnown(
  cluster: StackCluster,
  path: string,
  selector: string,
  { kind }: ObjectKind,
): Promise<unknown[]> {
  try {
    return await listAll(cluster, path, selector)
  } catch (error) {
    if (hasStatus(error, 404) || (hasStatus(error, 403) && CLUSTER_WIDE.includes(kind))) return []
    throw error
  }
}
