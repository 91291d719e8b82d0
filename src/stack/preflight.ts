import { fieldsOf } from '../core/kubernetes/fields.ts'
import { type MiddlewareNeed, middlewareNeeds, type Need, needs } from '../core/stack/deploy/needs.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import { objectPath } from '../core/stack/objects/object-path.ts'
import { hasStatus } from '../kubernetes/api-failed.ts'
import { fieldsOf as answerOf, listOf } from '../kubernetes/fields.ts'
import { readIfThere, type StackCluster } from './stack-cluster.ts'

/** How to make what has to be there. */
const HOW: Readonly<Record<Need['kind'], string>> = {
  Secret: 'secret generic',
  ConfigMap: 'configmap',
  PersistentVolumeClaim: '-f',
  ServiceAccount: 'serviceaccount',
}

/** What the stack needs and the cluster does not have, a sentence each: nothing is applied before all of it is there. */
export async function missingNeeds(
  cluster: StackCluster,
  objects: readonly KubernetesObject[],
  namespace: string,
): Promise<string[]> {
  const found = await Promise.all(needs(objects).map((need) => missing(cluster, need, namespace)))
  return found.flat()
}

async function missing(cluster: StackCluster, need: Need, namespace: string): Promise<string[]> {
  const { kind, name, keys, user } = need
  const raw = await readIfThere(
    cluster,
    objectPath({ apiVersion: 'v1', kind, metadata: { name, namespace } }),
  )
  if (raw === undefined)
    return [
      `there is no ${kind} ${name} in the namespace ${namespace}, which ${user} uses: ${howToMake(need, namespace)}`,
    ]
  const { data, binaryData } = fieldsOf(raw)
  const there = new Set([...Object.keys(fieldsOf(data)), ...Object.keys(fieldsOf(binaryData))])
  const lacking = keys.filter((key) => !there.has(key))
  if (lacking.length === 0) return []
  return [
    `the ${kind} ${name} in the namespace ${namespace} has no ${lacking.join(', ')}, which ${user} uses`,
  ]
}

function howToMake({ kind, name, keys }: Need, namespace: string): string {
  if (kind === 'PersistentVolumeClaim') return `make a claim of that name there, or take external away`
  const files = keys.map((key) => ` --from-file=${key}=FILE`).join('')
  return `kubectl -n ${namespace} create ${HOW[kind]} ${name}${files}`
}

/** Kinds that the API server does not know: whose definitions have to be installed first. */
export async function missingKinds(
  cluster: StackCluster,
  objects: readonly KubernetesObject[],
): Promise<ReadonlySet<string>> {
  const versions = Map.groupBy(
    objects.filter(({ apiVersion }) => isExtension(apiVersion)),
    ({ apiVersion }) => apiVersion,
  )
  const found = await Promise.all(
    [...versions].map(async ([apiVersion, of]) => {
      const known = answerOf(await readIfThere(cluster, `/apis/${apiVersion}`))['resources']
      const kinds = new Set(listOf(known).map((resource) => answerOf(resource)['kind']))
      return [...new Set(of.map(({ kind }) => kind))]
        .filter((kind) => !kinds.has(kind))
        .map((kind) => `${apiVersion}/${kind}`)
    }),
  )
  return new Set(found.flat())
}

/** Kubernetes' own groups have no dot, or end in its domain. */
function isExtension(apiVersion: string): boolean {
  const [group = '', version] = apiVersion.split('/')
  return version !== undefined && group.includes('.') && !group.endsWith('.k8s.io')
}

/** What to install, for each group that is missing. */
export function kindProblems(kinds: ReadonlySet<string>): string[] {
  const groups = Map.groupBy(kinds, (kind) => kind.slice(0, kind.lastIndexOf('/')))
  return [...groups].map(([apiVersion, of]) => {
    const names = of.map((kind) => kind.slice(kind.lastIndexOf('/') + 1)).join(', ')
    const how = apiVersion.startsWith('traefik.io/')
      ? 'install Traefik 3 with its own chart (helm install traefik oci://ghcr.io/traefik/helm/traefik), which has their definitions'
      : 'install their definitions'
    return `the cluster does not know ${names} of ${apiVersion}, which routes of this stack need: ${how}`
  })
}

/** What routes lead through and is not there: Traefik serves none of them until it is. */
export async function missingMiddlewares(
  cluster: StackCluster,
  objects: readonly KubernetesObject[],
): Promise<string[]> {
  const found = await Promise.all(middlewareNeeds(objects).map((need) => missingMiddleware(cluster, need)))
  return found.flat()
}

async function missingMiddleware(cluster: StackCluster, { text, places }: MiddlewareNeed): Promise<string[]> {
  try {
    const there = await Promise.all(
      places.map((metadata) =>
        readIfThere(cluster, objectPath({ apiVersion: 'traefik.io/v1alpha1', kind: 'Middleware', metadata })),
      ),
    )
    if (there.some((one) => one !== undefined)) return []
  } catch (error) {
    if (!hasStatus(error, 403)) throw error
    return [`whether there is a middleware ${text} cannot be seen with these rights`]
  }
  const [place] = places
  const where = place === undefined ? text : `${place.name} in the namespace ${place.namespace}`
  return [`there is no middleware ${where}: Traefik serves no route that leads through it until it is there`]
}
