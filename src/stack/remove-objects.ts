import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import { objectPath } from '../core/stack/objects/object-path.ts'
import { hasStatus } from '../kubernetes/api-failed.ts'
import type { StackCluster } from './stack-cluster.ts'

/**
 * Deletes an object, that one alone and no namesake of it, and lets the cluster delete what belongs to it. What is gone
 * already is fine.
 * @throws ApiFailed
 */
export async function deleteObject({ api, signal }: StackCluster, object: LiveObject): Promise<void> {
  const { apiVersion, kind, name, namespace, uid } = object
  try {
    await api.request({
      method: 'DELETE',
      path: objectPath({ apiVersion, kind, metadata: { name, namespace } }),
      body: {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: 'Background',
        preconditions: { uid },
      },
      signal,
    })
  } catch (error) {
    if (!hasStatus(error, 404) && !hasStatus(error, 409)) throw error
  }
}
