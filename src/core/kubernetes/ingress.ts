import { ANNOTATION_PREFIX } from '../annotation-names.ts'
import { camelCase } from './camel-case.ts'
import type { ControllerEdge } from './controller-rules.ts'
import { keepsPort } from './keeps-port.ts'
import { familyOf } from './node-address.ts'
import type { Ingress, PortStatus, ServiceObject, ServicePort } from './objects.ts'
import type { ClaimOutcome, EdgeOutcome, ServiceOutcome } from './outcome.ts'
import type { PortRef, Problem } from './problem.ts'

/**
 * What `status.loadBalancer.ingress` is to say: an entry for each address of each edge that serves the Service. Of an edge
 * that was not reached, what the status says stays.
 */
export function desiredIngress(
  service: ServiceObject,
  { problems, edges }: ServiceOutcome,
  known: readonly ControllerEdge[],
): Ingress[] {
  return known.flatMap((edge) => {
    const outcome = edges.find((one) => one.edge === edge.name)
    if (!outcome) return []
    const before = entriesOf(service, edge)
    if (outcome.claims.some(({ fate }) => fate.state === 'unknown')) return before
    if (!outcome.claims.some((claim) => holdsAddress(claim, before.length > 0))) return []
    return addressesOf(edge, service).map((address) => entry(address, service, problems, outcome))
  })
}

/** What the status says of an edge now. */
export function entriesOf(service: ServiceObject, edge: ControllerEdge): Ingress[] {
  return service.status.ingress.filter(({ ip, hostname }) => edge.addresses.includes(ip ?? hostname ?? ''))
}

/**
 * Whether a claim has the edge's address in the status. It does when it is live. While it is refused and stays the Service's own
 * all the same, no address is taken away that is there: DNS records are made of them.
 */
function holdsAddress({ fate }: ClaimOutcome, wasThere: boolean): boolean {
  if (fate.state !== 'refused') return fate.state === 'live'
  return wasThere && keepsPort(fate.code)
}

/** Those of the Service's families, since clients in the cluster expect these; all where there are none. */
function addressesOf({ addresses }: ControllerEdge, { ipFamilies }: ServiceObject): readonly string[] {
  const fitting = addresses.filter((address) => {
    const family = familyOf(address)
    return family === undefined || ipFamilies.length === 0 || ipFamilies.includes(family)
  })
  return fitting.length > 0 ? fitting : addresses
}

function entry(
  address: string,
  service: ServiceObject,
  problems: readonly Problem[],
  { claims }: EdgeOutcome,
): Ingress {
  const errors = portErrors(problems, claims)
  const ports = errors.size === 0 ? {} : { ports: service.ports.map((port) => portStatus(port, errors)) }
  if (familyOf(address) === undefined) return { hostname: address, ...ports }
  return { ip: address, ipMode: ipMode(problems, claims), ...ports }
}

/**
 * VIP lets kube-proxy send the cluster's own connections to this address straight to the pods (KEP-1860). Not where the
 * edge adds a PROXY header, which the pods would miss, and not while the Service lacks a port: kube-proxy would take that
 * port as well, which on the one address of the edge may be another Service's.
 */
function ipMode(problems: readonly Problem[], claims: readonly ClaimOutcome[]): 'VIP' | 'Proxy' {
  const proxied = claims.some(({ claim: { proxyProtocol = 'off' } }) => proxyProtocol !== 'off')
  const lacking =
    problems.some(({ ports }) => ports.length > 0) || claims.some((one) => !holdsAddress(one, true))
  return proxied || lacking ? 'Proxy' : 'VIP'
}

function portErrors(problems: readonly Problem[], claims: readonly ClaimOutcome[]): Map<string, string> {
  const found = problems.flatMap(({ code, ports }) =>
    ports.map((port): [string, string] => [nameOf(port), code]),
  )
  const refused = claims.flatMap(({ claim: { port, protocol = 'tcp' }, fate }): [string, string][] =>
    fate.state === 'refused' ? [[`${protocol.toUpperCase()}/${port}`, fate.code]] : [],
  )
  return new Map([...found, ...refused])
}

function portStatus({ port, protocol }: ServicePort, errors: ReadonlyMap<string, string>): PortStatus {
  const code = errors.get(nameOf({ port, protocol }))
  return { port, protocol, ...(code !== undefined && { error: `${ANNOTATION_PREFIX}${camelCase(code)}` }) }
}

function nameOf({ port, protocol }: PortRef): string {
  return `${protocol}/${port}`
}
