/** An object of Kubernetes, with the fields that are wanted and no others; what is undefined is not there. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string | undefined
    readonly labels?: Readonly<Record<string, string>> | undefined
    readonly annotations?: Readonly<Record<string, string>> | undefined
  }
  readonly [field: string]: unknown
}

/** In this order they are written and applied: what others need comes first. */
const ORDER = [
  ...['Namespace', 'NetworkPolicy', 'ServiceAccount', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  ...[
    'Secret',
    'ConfigMap',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Service',
    'Deployment',
    'DaemonSet',
    'Job',
  ],
  ...['Middleware', 'Ingress', 'IngressRoute', 'IngressRouteTCP', 'IngressRouteUDP'],
]

export function inOrder(objects: readonly KubernetesObject[]): KubernetesObject[] {
  return objects.toSorted((a, b) => {
    const kinds = ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)
    if (kinds !== 0) return kinds
    return a.metadata.name < b.metadata.name ? -1 : a.metadata.name > b.metadata.name ? 1 : 0
  })
}

/** A list or map that has something in it. What is empty is left out of an object. */
export function some<T extends readonly unknown[] | object>(value: T): T | undefined {
  return Object.keys(value).length > 0 ? value : undefined
}
