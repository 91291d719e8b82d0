import type { ClaimRequest } from '../../wire/claim.ts'
import { type PortKey, portKey, portOrder } from '../route.ts'
import type { ControllerEdge } from './controller-rules.ts'
import type { ServiceKey, ServiceObject } from './objects.ts'
import type { ClaimOutcome } from './outcome.ts'

export interface Wanted {
  readonly service: ServiceObject
  readonly claims: readonly ClaimRequest[]
}

/** Who has which port of an edge. */
export type Holders = ReadonlyMap<PortKey, ServiceKey>

/** One edge's document. */
export interface Allotment {
  /** Sorted by port, TCP before UDP. */
  readonly claims: readonly ClaimRequest[]
  /** By Service: the claims that another Service's stand in the way of, each with that one's name. */
  readonly conflicts: ReadonlyMap<ServiceKey, readonly ClaimOutcome[]>
  /** Who has what now: for the next allotment. */
  readonly holders: Holders
}

/**
 * Give each port of an edge to one Service. Who holds it keeps it for as long as it wants it; a free one goes to the
 * oldest Service (by creation, then by key), whatever order they come in. Linear in the claims but for their sorting.
 */
export function allot(wanted: Iterable<Wanted>, held: Holders): Allotment {
  const byPort = new Map<PortKey, { service: ServiceObject; claim: ClaimRequest }>()
  const losers: { key: PortKey; service: ServiceObject; claim: ClaimRequest }[] = []
  for (const { service, claims } of wanted) {
    for (const claim of claims) {
      const key = portKey(claim.protocol ?? 'tcp', claim.port)
      const other = byPort.get(key)
      if (!other || goesBefore(service, other.service, held.get(key))) {
        byPort.set(key, { service, claim })
        if (other) losers.push({ key, ...other })
      } else losers.push({ key, service, claim })
    }
  }
  const keys = [...byPort.keys()].sort((a, b) => portOrder(a) - portOrder(b))
  const conflicts = new Map<ServiceKey, ClaimOutcome[]>()
  for (const { key, service, claim } of losers.sort((a, b) => portOrder(a.key) - portOrder(b.key))) {
    const winner = byPort.get(key)?.service.key ?? ''
    const mine = conflicts.get(service.key) ?? []
    mine.push({ claim, fate: taken(key, winner) })
    conflicts.set(service.key, mine)
  }
  return {
    claims: keys.flatMap((key) => byPort.get(key)?.claim ?? []),
    conflicts,
    holders: new Map(keys.map((key) => [key, byPort.get(key)?.service.key ?? ''])),
  }
}

function goesBefore(one: ServiceObject, other: ServiceObject, holder: ServiceKey | undefined): boolean {
  if (one.key === holder || other.key === holder) return one.key === holder && other.key !== holder
  return one.created === other.created ? one.key < other.key : one.created < other.created
}

/** The same words for as long as it lasts: they are told again when they change. */
function taken(key: PortKey, winner: ServiceKey): ClaimOutcome['fate'] {
  const detail = `${key} belongs to the Service ${winner}, which had it first`
  return { state: 'refused', code: 'port-taken', detail }
}

/**
 * Who holds what by what the Services' status says: for the first allotment after a start. Where two Services' say the
 * same port (a status lists no ports when all are live, so a port that was added meanwhile looks live), the older has it.
 */
export function holdersByStatus(wanted: Iterable<Wanted>, edge: ControllerEdge): Holders {
  const addresses = new Set(edge.addresses)
  const told: Wanted[] = []
  for (const { service, claims } of wanted) {
    const entry = service.status.ingress.find(({ ip, hostname }) => addresses.has(ip ?? hostname ?? ''))
    const failed = new Set(
      entry?.ports
        ?.filter(({ error }) => error !== undefined)
        .map(({ port, protocol }) => `${protocol}/${port}`),
    )
    const live = ({ port, protocol = 'tcp' }: ClaimRequest) =>
      !failed.has(`${protocol.toUpperCase()}/${port}`)
    if (entry) told.push({ service, claims: claims.filter(live) })
  }
  return allot(told, new Map()).holders
}
