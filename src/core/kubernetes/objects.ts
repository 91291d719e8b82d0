/**
 * What is kept in memory of the cluster's objects: only what claims and status are made of. A cluster of thousands of
 * Services fits in tens of megabytes this way, and a change elsewhere in an object changes nothing here.
 */

/** `namespace/name`: names a Service, and is the owner of its claims. */
export type ServiceKey = string

export type Family = 'IPv4' | 'IPv6'

/** As Kubernetes writes it. */
export type ServiceProtocol = 'TCP' | 'UDP' | 'SCTP'

export type ServiceType = 'ClusterIP' | 'NodePort' | 'LoadBalancer' | 'ExternalName'

export interface ServicePort {
  readonly name?: string
  readonly port: number
  readonly protocol: ServiceProtocol
  /** Left out until the API server has allocated one, or where it never will. */
  readonly nodePort?: number
}

/** A condition of `metav1.Condition`. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  /** RFC 3339, whole seconds. */
  readonly lastTransitionTime: string
}

export interface PortStatus {
  readonly port: number
  readonly protocol: ServiceProtocol
  readonly error?: string
}

/** One entry of `status.loadBalancer.ingress`: an `ip` or a `hostname`. */
export interface Ingress {
  readonly ip?: string
  readonly hostname?: string
  readonly ipMode?: 'VIP' | 'Proxy'
  readonly ports?: readonly PortStatus[]
}

export interface ServiceObject {
  readonly key: ServiceKey
  readonly namespace: string
  readonly name: string
  readonly uid: string
  /** Milliseconds since 1970; 0 where it is not said. */
  readonly created: number
  readonly deleting: boolean
  /** Milliseconds since 1970 by the API server's clock: since when. */
  readonly deletedAt?: number
  /** Whether this controller has written to it: a finalizer there, say, is then its own and nobody else's. */
  readonly managed: boolean
  readonly finalizers: readonly string[]
  /** Only those that are read: under `homeport.dev/`, and the old one of the source ranges. */
  readonly annotations: Readonly<Record<string, string>>
  readonly type: ServiceType
  readonly loadBalancerClass?: string
  /** `None` for a headless Service. */
  readonly clusterIP?: string
  /** The preferred one first. */
  readonly ipFamilies: readonly Family[]
  readonly externalTrafficPolicy: 'Cluster' | 'Local'
  readonly healthCheckNodePort?: number
  readonly sessionAffinity: 'None' | 'ClientIP'
  readonly allocateNodePorts: boolean
  readonly sourceRanges: readonly string[]
  /** One a port and protocol. */
  readonly ports: readonly ServicePort[]
  /** Of the conditions only those under `homeport.dev/`. */
  readonly status: { readonly ingress: readonly Ingress[]; readonly conditions: readonly Condition[] }
}

export interface Endpoint {
  readonly nodeName?: string
  readonly addresses: readonly string[]
  readonly ready: boolean
  readonly serving: boolean
  readonly terminating: boolean
}

export interface SliceObject {
  /** `namespace/name` of the EndpointSlice itself. */
  readonly key: string
  readonly service: ServiceKey
  readonly endpoints: readonly Endpoint[]
}

export interface NodeObject {
  readonly name: string
  /** As the Node's status has them: `InternalIP`, `ExternalIP`, `Hostname` and whatever comes. */
  readonly addresses: readonly { readonly type: string; readonly address: string }[]
  readonly ready: boolean
  readonly deleting: boolean
  /** Cordoned. */
  readonly unschedulable: boolean
  /** By the label `node.kubernetes.io/exclude-from-external-load-balancers`. */
  readonly excluded: boolean
  /** By the taint `ToBeDeletedByClusterAutoscaler`. */
  readonly autoscalerTaint: boolean
  readonly zone?: string
}

/** A Pod that is on a node. */
export interface PodObject {
  readonly node: string
  /** Of the node, sorted: by which the cluster's own programs reach it. */
  readonly addresses: readonly string[]
  readonly ready: boolean
}
