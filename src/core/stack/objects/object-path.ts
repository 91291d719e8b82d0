import type { KubernetesObject } from './object.ts'

/** How each kind is called in paths; `*`: it is in no namespace. */
const PLURALS: Readonly<Record<string, string>> = {
  ClusterRoleBinding: '*clusterrolebindings',
  ConfigMap: 'configmaps',
  DaemonSet: 'daemonsets',
  Deployment: 'deployments',
  Ingress: 'ingresses',
  IngressRoute: 'ingressroutes',
  IngressRouteTCP: 'ingressroutetcps',
  IngressRouteUDP: 'ingressrouteudps',
  Job: 'jobs',
  Middleware: 'middlewares',
  Namespace: '*namespaces',
  NetworkPolicy: 'networkpolicies',
  PersistentVolume: '*persistentvolumes',
  PersistentVolumeClaim: 'persistentvolumeclaims',
  Role: 'roles',
  RoleBinding: 'rolebindings',
  Secret: 'secrets',
  Service: 'services',
  ServiceAccount: 'serviceaccounts',
}

/** Where the API server has an object: `/apis/apps/v1/namespaces/a/deployments/b`. */
export function objectPath({ apiVersion, kind, metadata: { name, namespace } }: KubernetesObject): string {
  const base = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`
  const plural = PLURALS[kind] ?? ''
  return plural.startsWith('*')
    ? `${base}/${plural.slice(1)}/${name}`
    : `${base}/namespaces/${namespace}/${plural}/${name}`
}
