import { ANNOTATION_PREFIX } from '../annotation-names.ts'
import { camelCase } from './camel-case.ts'
import type { ControllerEdge, ControllerRules } from './controller-rules.ts'
import { ipMode, vouchesFor } from './ip-mode.ts'
import { keepsPort } from './keeps-port.ts'
import { familyOf } from './node-address.ts'
import type { Ingress, PortStatus, ServiceObject, ServicePort } from './objects.ts'
import { type ClaimOutcome, type EdgeOutcome, isSilent, type ServiceOutcome } from './outcome.ts'
import { type Problem, portName } from './problem.ts'

/**
 * What `status.loadBalancer.ingress` is to say: an entry for each address by which edges serve the Service, one where several
 * share it. Of an edge that was not reached, what the status says stays.
 */
export function desiredIngress(
  service: ServiceObject,
  { problems, edges }: ServiceOutcome,
  rules: Pick<ControllerRules, 'edges' | 'ipMode'>,
): Ingress[] {
  const byAddress = new Map<string, EdgeOutcome[]>()
  for (const edge of rules.edges) {
    const outcome = edges.find((one) => one.edge === edge.name)
    if (!outcome) continue
    for (const address of addressesOf(edge, service, isSilent(outcome))) {
      byAddress.set(address, [...(byAddress.get(address) ?? []), outcome])
    }
  }
  return [...byAddress].flatMap(
    ([address, outcomes]) => entry(address, service, problems, outcomes, rules) ?? [],
  )
}

/** What the status says of an edge now. */
export function entriesOf(service: ServiceObject, edge: ControllerEdge): Ingress[] {
  return service.status.ingress.filter((one) => edge.addresses.includes(addressOf(one)))
}

function addressOf({ ip, hostname }: Ingress): string {
  return ip ?? hostname ?? ''
}

/**
 * Whether a claim has the edge's address in the status. It does when it is live. While it is refused and stays the Service's own
 * all the same, no address is taken away that is there: DNS records are made of them.
 */
function holdsAddress({ fate }: ClaimOutcome, wasThere: boolean): boolean {
  if (fate.state !== 'refused') return fate.state === 'live'
  return wasThere && keepsPort(fate.code)
}

/**
 * Those of the Service's families, since clients in the cluster expect these; all where there are none. Of an edge that is
 * silent, those that the status has.
 */
function addressesOf(edge: ControllerEdge, service: ServiceObject, silent: boolean): readonly string[] {
  if (silent) return entriesOf(service, edge).map(addressOf)
  const { ipFamilies } = service
  const fitting = edge.addresses.filter((address) => {
    const family = familyOf(address)
    return family === undefined || ipFamilies.length === 0 || ipFamilies.includes(family)
  })
  return fitting.length > 0 ? fitting : edge.addresses
}

function entry(
  address: string,
  service: ServiceObject,
  problems: readonly Problem[],
  outcomes: readonly EdgeOutcome[],
  rules: Pick<ControllerRules, 'ipMode'>,
): Ingress | undefined {
  const before = service.status.ingress.find((one) => addressOf(one) === address)
  const spoken = outcomes.filter((one) => !isSilent(one)).flatMap(({ claims }) => claims)
  const isKept = before !== undefined && outcomes.some(isSilent)
  if (!isKept && !spoken.some((claim) => holdsAddress(claim, before !== undefined))) return undefined
  const claims = outcomes.flatMap((one) => one.claims)
  const errors = portErrors(problems, spoken)
  const ports =
    spoken.length === 0 && before ? before.ports : service.ports.map((port) => portStatus(port, errors))
  const said = ports && ports.length > 0 ? { ports } : {}
  if (familyOf(address) === undefined) return { hostname: address, ...said }
  return { ip: address, ipMode: ipMode(service, claims, before, rules), ...said }
}

/**
 * What the status must say at once, before it is known what became of a change: `VIP` only where the settings let it, and where it
 * vouches for every port of the spec. Undefined where it does.
 */
export function guardedIngress(
  { ports, status: { ingress } }: ServiceObject,
  rules: Pick<ControllerRules, 'ipMode'>,
): Ingress[] | undefined {
  const isUnsafe = (one: Ingress) =>
    one.ipMode === 'VIP' && (rules.ipMode === 'Proxy' || !ports.every((port) => vouchesFor(one, port)))
  if (!ingress.some(isUnsafe)) return undefined
  return ingress.map((one) => (isUnsafe(one) ? { ...one, ipMode: 'Proxy' } : one))
}

function portErrors(problems: readonly Problem[], claims: readonly ClaimOutcome[]): Map<string, string> {
  const found = problems.flatMap(({ code, ports }) =>
    ports.map((port): [string, string] => [portName(port), code]),
  )
  const refused = claims.flatMap(({ claim: { port, protocol = 'tcp' }, fate }): [string, string][] =>
    fate.state === 'refused' ? [[`${protocol.toUpperCase()}/${port}`, fate.code]] : [],
  )
  return new Map([...found, ...refused])
}

function portStatus({ port, protocol }: ServicePort, errors: ReadonlyMap<string, string>): PortStatus {
  const code = errors.get(portName({ port, protocol }))
  return { port, protocol, ...(code !== undefined && { error: `${ANNOTATION_PREFIX}${camelCase(code)}` }) }
}
