import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import type { NodeObject, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'

/** One edge, Frankfurt, and the settings' defaults. */
export const clusterRules: ControllerRules = {
  defaultClass: false,
  nodesPerService: 3,
  nodeAddressType: 'auto',
  kubeProxyHealth: false,
  nodeHealthService: 'homeport/homeport-node-health',
  ipMode: 'auto',
  edges: [{ name: 'fra', addresses: ['203.0.113.5'] }],
}

/** A Service of type LoadBalancer with one port, for every edge. */
export function serviceObject(more: Partial<ServiceObject> = {}): ServiceObject {
  const { namespace = 'web', name = 'nginx' } = more
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid: 'uid',
    created: 0,
    deleting: false,
    managed: true,
    finalizers: [],
    annotations: {},
    type: 'LoadBalancer',
    loadBalancerClass: 'homeport.dev/edge',
    clusterIP: '10.96.0.7',
    ipFamilies: ['IPv4'],
    externalTrafficPolicy: 'Cluster',
    sessionAffinity: 'None',
    allocateNodePorts: true,
    sourceRanges: [],
    ports: [{ name: 'https', port: 443, protocol: 'TCP', nodePort: 30443 }],
    status: { ingress: [], conditions: [] },
    ...more,
  }
}

/** A ready node with an internal address. */
export function nodeObject(name: string, address: string, more: Partial<NodeObject> = {}): NodeObject {
  return {
    name,
    addresses: [{ type: 'InternalIP', address }],
    ready: true,
    deleting: false,
    unschedulable: false,
    excluded: false,
    autoscalerTaint: false,
    ...more,
  }
}

/** The endpoints of `web/nginx`: ready ones on the nodes that are named. */
export function sliceObject(nodeNames: readonly string[], more: Partial<SliceObject> = {}): SliceObject {
  return {
    key: 'web/nginx-abc',
    service: 'web/nginx',
    endpoints: nodeNames.map((nodeName) => ({
      nodeName,
      addresses: [],
      ready: true,
      serving: true,
      terminating: false,
    })),
    ...more,
  }
}
