import { fieldsOf, listOf, textOf } from '../kubernetes/fields.ts'
import { LEASE } from './alone.ts'
import { listAll, type StackCluster } from './stack-cluster.ts'

/** What every namespace has of itself, and what comes and goes with other objects. */
const OF_ITSELF: ReadonlySet<string> = new Set([
  'ConfigMap/kube-root-ca.crt',
  'ServiceAccount/default',
  `Lease/${LEASE}`,
])
const PASSING: ReadonlySet<string> = new Set(['Event', 'Endpoints', 'EndpointSlice'])

interface Collection {
  readonly path: string
  readonly kind: string
}

/**
 * Whatever lies in a namespace and would go with it: every kind that the cluster knows is looked through.
 * @returns `Kind/name` of each, sorted
 */
export async function namespaceRest(cluster: StackCluster, namespace: string): Promise<string[]> {
  const collections = await namespacedCollections(cluster, namespace)
  const found = await Promise.all(
    collections.map(async ({ path, kind }) =>
      (await listAll(cluster, path)).flatMap((raw) => ownName(raw, kind)),
    ),
  )
  return [...new Set(found.flat())].sort()
}

function ownName(raw: unknown, kind: string): string[] {
  const { metadata, type } = fieldsOf(raw)
  const { name, ownerReferences } = fieldsOf(metadata)
  const title = `${kind}/${textOf(name)}`
  const belongs = listOf(ownerReferences).length > 0 || type === 'kubernetes.io/service-account-token'
  return belongs || OF_ITSELF.has(title) ? [] : [title]
}

async function namespacedCollections(cluster: StackCluster, namespace: string): Promise<Collection[]> {
  const { api, signal } = cluster
  const read = async (path: string) => fieldsOf(await api.request({ method: 'GET', path, signal }))
  const versions = listOf((await read('/apis'))['groups']).map((group) =>
    textOf(fieldsOf(fieldsOf(group)['preferredVersion'])['groupVersion']),
  )
  const bases = ['/api/v1', ...versions.map((version) => `/apis/${version}`)]
  const resources = await Promise.all(
    bases.map(async (base) =>
      listOf((await read(base))['resources'])
        .map(fieldsOf)
        .filter(isKept)
        .map(({ name, kind }) => ({
          path: `${base}/namespaces/${namespace}/${textOf(name)}`,
          kind: textOf(kind),
        })),
    ),
  )
  return resources.flat().filter(({ kind }) => !PASSING.has(kind))
}

/** Figures and reviews can be asked for, and are no objects. */
function isKept({ namespaced, name, verbs }: Readonly<Record<string, unknown>>): boolean {
  const can = listOf(verbs)
  return namespaced === true && !textOf(name).includes('/') && can.includes('list') && can.includes('create')
}
