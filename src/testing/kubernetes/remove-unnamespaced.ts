import type { KubernetesObject } from '../../core/stack/objects/object.ts'
import { objectPath } from '../../core/stack/objects/object-path.ts'
import type { KubernetesClient } from './client.ts'

/** Removes those of a stack's objects that do not go with its namespace, since they are in none. */
export async function removeUnnamespaced(
  client: KubernetesClient,
  objects: readonly KubernetesObject[],
): Promise<void> {
  for (const object of objects) {
    if (object.metadata.namespace !== undefined || object.kind === 'Namespace') continue
    const path = objectPath(object)
    await client.raw('DELETE', path)
    await client.raw('PATCH', path, {
      headers: { 'content-type': 'application/merge-patch+json' },
      body: '{"metadata":{"finalizers":null}}',
    })
  }
}
