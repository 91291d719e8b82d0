import type { ClaimRequest } from '../../wire/claim.ts'
import { ERROR_CODES } from '../../wire/error-codes.ts'
import { ANNOTATION_PREFIX } from '../annotation-names.ts'
import { type PortKey, portKey, portOrder } from '../route.ts'
import { Room } from './budget.ts'
import { camelCase } from './camel-case.ts'
import type { ControllerEdge } from './controller-rules.ts'
import { keepsPort } from './keeps-port.ts'
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
  /** By Service: the claims that are not in it, since another Service has the port or since there is no room, with why. */
  readonly conflicts: ReadonlyMap<ServiceKey, readonly ClaimOutcome[]>
  /** Who has what now: for the next allotment. */
  readonly holders: Holders
}

/** A claim on its way into the document. */
interface Candidate {
  readonly key: PortKey
  readonly service: ServiceObject
  readonly claim: ClaimRequest
  readonly holds: boolean
}

/**
 * Give each port of an edge to one Service. Who holds it keeps it for as long as it wants it; a free one goes to the
 * oldest Service (by creation, then by key), whatever order they come in. In this order they are served while the document
 * and each namespace's share of it have room. Linear in the claims but for their sorting.
 */
export function allot(wanted: Iterable<Wanted>, held: Holders): Allotment {
  const byPort = new Map<PortKey, Candidate>()
  const lost: { readonly one: Candidate; readonly fate: ClaimOutcome['fate'] }[] = []
  const room = new Room()
  for (const one of candidates(wanted, held).sort(inTurn)) {
    const winner = byPort.get(one.key)
    const fate = winner ? taken(one.key, winner.service.key) : room.take(one.service, one.claim)
    if (fate) lost.push({ one, fate })
    else byPort.set(one.key, one)
  }
  const conflicts = new Map<ServiceKey, ClaimOutcome[]>()
  for (const { one, fate } of lost.sort((a, b) => portOrder(a.one.key) - portOrder(b.one.key))) {
    const mine = conflicts.get(one.service.key) ?? []
    mine.push({ claim: one.claim, fate })
    conflicts.set(one.service.key, mine)
  }
  const given = [...byPort.values()].sort((a, b) => portOrder(a.key) - portOrder(b.key))
  return {
    claims: given.map(({ claim }) => claim),
    conflicts,
    holders: new Map(given.map(({ key, service }) => [key, service.key])),
  }
}

function candidates(wanted: Iterable<Wanted>, held: Holders): Candidate[] {
  return [...wanted].flatMap(({ service, claims }) =>
    claims.map((claim) => {
      const key = portKey(claim.protocol ?? 'tcp', claim.port)
      return { key, service, claim, holds: held.get(key) === service.key }
    }),
  )
}

function inTurn(a: Candidate, b: Candidate): number {
  if (a.holds !== b.holds) return a.holds ? -1 : 1
  if (a.service.created !== b.service.created) return a.service.created - b.service.created
  if (a.service.key !== b.service.key) return a.service.key < b.service.key ? -1 : 1
  return portOrder(a.key) - portOrder(b.key)
}

/** The same words for as long as it lasts: they are told again when they change. */
function taken(key: PortKey, winner: ServiceKey): ClaimOutcome['fate'] {
  const detail = `${key} belongs to the Service ${winner}, which had it first`
  return { state: 'refused', code: 'port-taken', detail }
}

/** Errors of a port that is its Service's all the same. */
const KEEPING: ReadonlySet<string> = new Set(
  ERROR_CODES.filter(keepsPort).map((code) => `${ANNOTATION_PREFIX}${camelCase(code)}`),
)

/**
 * Who holds what by what the Services' status says: for the first allotment after a start, where the edge does not know. Where
 * two Services' say the same port (one that was added meanwhile looks live), the older has it.
 */
export function holdersByStatus(wanted: Iterable<Wanted>, edge: ControllerEdge): Holders {
  const addresses = new Set(edge.addresses)
  const told: Wanted[] = []
  for (const { service, claims } of wanted) {
    const entry = service.status.ingress.find(({ ip, hostname }) => addresses.has(ip ?? hostname ?? ''))
    const failed = new Set(
      entry?.ports
        ?.filter(({ error }) => error !== undefined && !KEEPING.has(error))
        .map(({ port, protocol }) => `${protocol}/${port}`),
    )
    const live = ({ port, protocol = 'tcp' }: ClaimRequest) =>
      !failed.has(`${protocol.toUpperCase()}/${port}`)
    if (entry) told.push({ service, claims: claims.filter(live) })
  }
  return allot(told, new Map()).holders
}
