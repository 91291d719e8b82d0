import type { Check, ClaimRequest } from '../../wire/claim.ts'
import { readWishes, type Wishes } from './annotations.ts'
import { type Asked, stillMeant } from './asked.ts'
import type { ControllerRules } from './controller-rules.ts'
import { type Candidate, candidatesFor, type NodePool } from './node-pool.ts'
import { selectNodes } from './node-selection.ts'
import type { ServiceObject, ServicePort, SliceObject } from './objects.ts'
import { type Frontend, portRef } from './ports-annotation.ts'
import { listed, type Problem } from './problem.ts'
import { edgesOf } from './service-class.ts'
import { tooMany, withinBudget } from './within-budget.ts'

/** What a Service wants of which edges, and what its user has to know. */
export interface ServiceClaims {
  /** Names of the edges that are to have the claims. */
  readonly edges: readonly string[]
  /** Sorted by port, TCP before UDP; none where something is unreadable. */
  readonly claims: readonly ClaimRequest[]
  readonly problems: readonly Problem[]
  /** An annotation does not parse: what was asked for before counts, or there are no claims where that is not known. */
  readonly unreadable: boolean
  /** What was asked for last that could be read: for the next time. */
  readonly asked?: Asked
  /** No endpoint takes connections, and the edge will not see it: its check asks after the nodes alone. */
  readonly idle?: boolean
}

const NOTHING: ServiceClaims = { edges: [], claims: [], problems: [], unreadable: false }

/**
 * The claims of one Service that is ours (`isOurs`), from its own EndpointSlices and the cluster's nodes. The cost is that
 * of this Service alone: its ports, its endpoints, one look at each node. A Service that is being deleted claims nothing.
 * Where its annotations cannot be read, what it asked for `before` counts, with the ports and nodes that there are now.
 */
export function serviceClaims(
  service: ServiceObject,
  slices: Iterable<SliceObject>,
  pool: NodePool,
  rules: ControllerRules,
  before?: Asked,
): ServiceClaims {
  if (service.deleting) return NOTHING
  const choice = edgesOf(service, rules)
  const reading = readWishes(service)
  const unreadable = choice.unreadable || reading.unreadable
  const edges = choice.unreadable && before ? before.edges : choice.edges
  const wishes = reading.unreadable ? before && stillMeant(service, before.wishes) : reading.wishes
  const frontends = frontendsOf(service, wishes ?? reading.wishes)
  const problems = [
    ...choice.problems,
    ...reading.problems,
    ...unsupported(frontends),
    ...withoutNodePort(service, frontends),
    ...withoutNodes(service, pool, rules),
  ]
  if (!wishes) return { edges, claims: [], problems, unreadable }
  const asked = unreadable ? before : { wishes, edges }
  const endpoints = [...slices]
  const nodes = selectNodes(service, endpoints, pool, rules)
  const nodeCheck = checkBy(pool, rules)
  const { claims, surplus } = withinBudget(frontends, (frontend) =>
    claim(service, frontend, nodes, wishes, nodeCheck),
  )
  const isAsked = service.externalTrafficPolicy === 'Local' || wishes.check || !nodeCheck
  return {
    edges,
    claims: claims.sort((a, b) => a.port - b.port || (a.protocol === 'tcp' ? -1 : 1)),
    problems: [...problems, ...tooMany(surplus)],
    unreadable,
    ...(asked && { asked }),
    ...(!isAsked && !haveEndpoint(endpoints) && { idle: true }),
  }
}

function haveEndpoint(slices: readonly SliceObject[]): boolean {
  return slices.some(({ endpoints }) => endpoints.some(({ ready, serving }) => ready || serving))
}

function frontendsOf(service: ServiceObject, { frontends }: Wishes): readonly Frontend[] {
  return service.type === 'LoadBalancer'
    ? service.ports.map((target) => ({ port: target.port, target }))
    : frontends
}

function claim(
  service: ServiceObject,
  { port, target: { protocol, nodePort } }: Frontend,
  nodes: readonly Candidate[],
  { proxyProtocol, check, allow }: Wishes,
  nodeCheck: Check | undefined,
): ClaimRequest | undefined {
  if (protocol === 'SCTP' || nodePort === undefined) return undefined
  const addresses = [...new Set(nodes.map(({ address }) => address))]
  return {
    owner: service.key,
    port,
    protocol: protocol === 'UDP' ? 'udp' : 'tcp',
    backends: addresses.map((address) => ({ address, port: nodePort })),
    // There is no PROXY header for datagrams.
    ...(proxyProtocol && protocol === 'TCP' && { proxyProtocol }),
    ...(checkOf(service, protocol, check, nodeCheck) ?? {}),
    ...(service.sessionAffinity === 'ClientIP' && { affinity: 'client-ip' as const }),
    ...(allow && { allow: [...allow] }),
  }
}

/** Where kube-proxy tells how a node is. */
const KUBE_PROXY_HEALTH = 10_256

/**
 * How the edge sees that a node lives, whatever it serves: kube-proxy's own health where the settings say that the edge
 * reaches it, else a connection to kube-proxy at a node port that is there for it.
 */
function checkBy({ healthPort }: NodePool, { kubeProxyHealth }: ControllerRules): Check | undefined {
  if (kubeProxyHealth) return { type: 'http', path: '/healthz', port: KUBE_PROXY_HEALTH }
  return healthPort === undefined ? undefined : { type: 'tcp', port: healthPort }
}

/**
 * How the edge looks after the nodes: as annotated; else as kube-proxy answers for the Service (`Local`) or for the node;
 * else a connection to the node port, which there is none of for UDP.
 */
function checkOf(
  service: ServiceObject,
  protocol: ServicePort['protocol'],
  wanted: Check | undefined,
  nodeCheck: Check | undefined,
): { check: Check } | undefined {
  const answers = (check: Check) => protocol === 'TCP' || check.type === 'none' || check.port !== undefined
  if (wanted && answers(wanted)) return { check: wanted }
  const { healthCheckNodePort } = service
  if (service.externalTrafficPolicy === 'Local') {
    if (healthCheckNodePort) return { check: { type: 'http', path: '/healthz', port: healthCheckNodePort } }
  } else if (nodeCheck) {
    return { check: nodeCheck }
  }
  return protocol === 'UDP' ? { check: { type: 'none' } } : undefined
}

function unsupported(frontends: readonly Frontend[]): Problem[] {
  const ports = frontends.filter(({ target }) => target.protocol === 'SCTP').map(portRef)
  if (ports.length === 0) return []
  const message = `no edge carries SCTP: ${listed(ports.map(({ port }) => port))}`
  return [{ code: 'protocol-unsupported', message, ports }]
}

/** Where node ports are merely not allocated yet, there is nothing to tell: the Service changes in a moment. */
function withoutNodePort(service: ServiceObject, frontends: readonly Frontend[]): Problem[] {
  const reason = noNodePorts(service)
  const ports = frontends
    .filter(({ target }) => target.nodePort === undefined && target.protocol !== 'SCTP')
    .map(portRef)
  if (reason === undefined || ports.length === 0) return []
  const message = `no node port leads to ${listed(ports.map(({ port, protocol }) => `${port}/${protocol}`))}: ${reason}`
  return [{ code: 'no-node-port', message, ports }]
}

function noNodePorts(service: ServiceObject): string | undefined {
  if (service.clusterIP === 'None') return 'the Service is headless (clusterIP: None)'
  if (service.type === 'LoadBalancer') {
    return service.allocateNodePorts ? undefined : 'the Service has allocateLoadBalancerNodePorts: false'
  }
  return service.type === 'NodePort' ? undefined : `the Service is of type ${service.type}`
}

/** Nodes without an address that will do are a matter of the settings, which the edge cannot know. */
function withoutNodes(
  service: ServiceObject,
  pool: NodePool,
  { nodeAddressType }: ControllerRules,
): Problem[] {
  if (pool.size === 0 || candidatesFor(pool, service.ipFamilies).best.length > 0) return []
  const kind = nodeAddressType === 'auto' ? 'address' : nodeAddressType
  const families = service.ipFamilies.length > 0 ? ` in ${listed(service.ipFamilies)}` : ''
  return [
    {
      code: 'no-backend',
      message: `no node has an ${kind}${families} that the edge could reach`,
      ports: [],
    },
  ]
}
