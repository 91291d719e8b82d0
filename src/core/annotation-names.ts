/** Everything of ours on a Kubernetes object is under this: annotations, classes, conditions, errors of a port. */
export const ANNOTATION_PREFIX = 'homeport.dev/'

export const PORTS = 'homeport.dev/ports'
export const PROXY_PROTOCOL = 'homeport.dev/proxy-protocol'
export const CHECK = 'homeport.dev/check'
export const ALLOW = 'homeport.dev/allow'
export const EDGES = 'homeport.dev/edges'

/** What stood for `spec.loadBalancerSourceRanges` before that was a field. */
export const OLD_SOURCE_RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges'

/** `spec.loadBalancerClass` of a Service that every edge serves. */
export const EDGE_CLASS = 'homeport.dev/edge'
