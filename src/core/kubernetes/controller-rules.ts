import type { Family, ServiceKey } from './objects.ts'

/** An edge as the controller's settings name it. */
export interface ControllerEdge {
  /** A DNS label: `homeport.dev/edge-NAME` is the class of its own Services. */
  readonly name: string
  /** IP addresses or host names: what a Service's status says. */
  readonly addresses: readonly string[]
}

/** By which address of a node the edge reaches it; `auto` takes the external one where there is one. */
export type NodeAddressType = 'ExternalIP' | 'InternalIP' | 'auto'

/** What a cluster's operator decides for all of its Services. */
export interface ControllerRules {
  /** Whether Services of type LoadBalancer that name no class are served too. */
  readonly defaultClass: boolean
  /** How many nodes take a Service's connections where any node may. */
  readonly nodesPerService: number
  readonly nodeAddressType: NodeAddressType
  /** Whether the edge may ask kube-proxy (port 10256 of a node) how the node is. */
  readonly kubeProxyHealth: boolean
  /** The one Service at whose health check node port kube-proxy tells that a node lives: no other counts, whoever makes it. */
  readonly nodeHealthService: ServiceKey
  /** Whether the cluster's own connections may go straight to the pods (`auto`), or never do (`Proxy`). */
  readonly ipMode: 'auto' | 'Proxy'
  readonly edges: readonly ControllerEdge[]
}

/** Three nodes: one may fail while another is drained. */
export const DEFAULT_NODES_PER_SERVICE = 3

export const FAMILIES: readonly Family[] = ['IPv4', 'IPv6']
