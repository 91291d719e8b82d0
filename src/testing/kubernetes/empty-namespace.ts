import { until } from '../until.ts'
import type { KubernetesClient, KubernetesList } from './client.ts'

/** What discovery tells, in its aggregated form: two calls for all that the API server knows. */
interface Discovery {
  readonly items: readonly {
    readonly metadata: { readonly name?: string }
    readonly versions: readonly {
      readonly version: string
      readonly resources: readonly { resource: string; scope: string; verbs: readonly string[] }[]
    }[]
  }[]
}

const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList'

/**
 * Takes a namespace away with all that is in it, at once: without a controller that would do it, and without asking those
 * whose finalizers are on the objects, for they are likely gone already.
 */
export async function emptyNamespace(client: KubernetesClient, namespace: string): Promise<void> {
  // From here on nothing new can be made in it.
  await client.raw('DELETE', `/api/v1/namespaces/${namespace}`)
  const collections = (await namespacedCollections(client)).map(([base, resource]) => {
    return `${base}/namespaces/${namespace}/${resource}`
  })
  await Promise.all(collections.map((collection) => emptyCollection(client, collection)))
  const finalized = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
    spec: { finalizers: [] },
  }
  await client.raw('PUT', `/api/v1/namespaces/${namespace}/finalize`, {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(finalized),
  })
}

/** What lies in namespaces and can be listed and deleted: `['/apis/apps/v1', 'deployments']`. */
async function namespacedCollections(client: KubernetesClient): Promise<[base: string, resource: string][]> {
  const [core, groups] = await Promise.all([
    client.get<Discovery>('/api', AGGREGATED),
    client.get<Discovery>('/apis', AGGREGATED),
  ])
  return [...core.items, ...groups.items].flatMap(({ metadata, versions }) => {
    const [preferred] = versions
    if (preferred === undefined) return []
    const base = metadata.name ? `/apis/${metadata.name}` : '/api'
    return preferred.resources
      .filter(
        ({ scope, verbs }) => scope === 'Namespaced' && verbs.includes('list') && verbs.includes('delete'),
      )
      .map(({ resource }): [string, string] => [`${base}/${preferred.version}`, resource])
  })
}

async function emptyCollection(client: KubernetesClient, collection: string): Promise<void> {
  // A kind that another test has just defined is refused for a moment: its storage is being set up.
  const { items } = await until(() => client.get<KubernetesList>(collection))
  await Promise.all(
    items.map(async ({ metadata: { name } }) => {
      const path = `${collection}/${name}`
      // Deleted first, so that no controller puts its finalizer on again. What is gone by then answers 404.
      await client.raw('DELETE', `${path}?gracePeriodSeconds=0`)
      await client.raw('PATCH', path, {
        headers: { 'content-type': 'application/merge-patch+json' },
        body: '{"metadata":{"finalizers":null}}',
      })
    }),
  )
}
