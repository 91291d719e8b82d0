import { objectPath } from '../objects/object-path.ts'

/** A kind of object, as an API server calls it. */
export interface ObjectKind {
  readonly apiVersion: string
  readonly kind: string
}

const of = (apiVersion: string, ...kinds: readonly string[]): ObjectKind[] =>
  kinds.map((kind) => ({ apiVersion, kind }))

/** Every kind that a stack is made of: where its objects are looked for. What others need comes first. */
export const STACK_KINDS: readonly ObjectKind[] = [
  ...of('v1', 'Namespace'),
  ...of('networking.k8s.io/v1', 'NetworkPolicy'),
  ...of('v1', 'ServiceAccount'),
  ...of('rbac.authorization.k8s.io/v1', 'Role', 'RoleBinding', 'ClusterRoleBinding'),
  ...of('v1', 'Secret', 'ConfigMap', 'PersistentVolume', 'PersistentVolumeClaim', 'Service'),
  ...of('apps/v1', 'Deployment', 'DaemonSet'),
  ...of('batch/v1', 'Job'),
  ...of('traefik.io/v1alpha1', 'Middleware'),
  ...of('networking.k8s.io/v1', 'Ingress'),
  ...of('traefik.io/v1alpha1', 'IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'),
]

/** What runs the pods of a service. Of each service there is one at a time. */
export const WORKLOADS: ReadonlySet<string> = new Set(['Deployment', 'DaemonSet', 'Job'])

/** What holds data: it goes only when that is asked for by name. */
export const VOLUMES: ReadonlySet<string> = new Set(['PersistentVolumeClaim', 'PersistentVolume'])

/** What lies in no namespace. */
const CLUSTER_WIDE: ReadonlySet<string> = new Set(['Namespace', 'ClusterRoleBinding', 'PersistentVolume'])

/** Where the API server has all objects of a kind: of one namespace, where the kind lies in namespaces. */
export function collectionPath(kind: ObjectKind, namespace: string): string {
  const inNamespace = CLUSTER_WIDE.has(kind.kind) ? undefined : namespace
  return objectPath({ ...kind, metadata: { name: '', namespace: inNamespace } }).replace(/\/$/, '')
}

/** Where it has those of all namespaces. */
export function clusterCollectionPath(kind: ObjectKind): string {
  return collectionPath(kind, '').replace('/namespaces//', '/')
}
