import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import { saysDown } from '../core/kubernetes/live-condition.ts'
import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'
import type { EdgeOutcome, Fate, ServiceOutcome } from '../core/kubernetes/outcome.ts'
import { serviceClaims } from '../core/kubernetes/service-claims.ts'
import { edgesOf, isOurs, strayMessage } from '../core/kubernetes/service-class.ts'
import { eventsFor, type Told, toldByStatus } from '../core/kubernetes/service-events.ts'
import { clearedStatus, desiredStatus, guardedStatus } from '../core/kubernetes/service-status.ts'
import type { ClaimBook, Entry } from './claim-book.ts'
import type { ClusterView } from './cluster-view.ts'
import type { EdgeBoard } from './edge-board.ts'
import type { IdleServices } from './idle-services.ts'
import type { Leaving } from './leaving.ts'
import { type NamespaceSight, namespaceOf } from './namespace-sight.ts'
import { FINALIZERS, finalizersOf, type ServiceWriter } from './service-writer.ts'
import type { StatusKeeper } from './status-keeper.ts'
import type { StrayServices } from './stray-services.ts'

export interface ServiceKeeperParts {
  readonly view: ClusterView
  readonly sight: Pick<NamespaceSight, 'isUnseen'>
  readonly book: ClaimBook
  /** By the edge's name. */
  readonly boards: ReadonlyMap<string, EdgeBoard>
  readonly leaving: Leaving
  readonly idle: IdleServices
  readonly strays: StrayServices
  readonly writer: ServiceWriter
  readonly statuses: StatusKeeper
  readonly rules: ControllerRules
  /**
   * Whether a Service is held by finalizers until its ports are closed. Not by Roles: with a namespace its RoleBinding goes, and
   * who was held could never be let go.
   */
  readonly isHolding: boolean
  /** Milliseconds since the epoch: for conditions. */
  readonly wallClock: () => number
  /** Have the Service looked at again in so many ms. */
  readonly again: (key: ServiceKey, ms: number) => void
  /** What goes into the documents has changed. */
  readonly onClaimsChanged: () => void
}

/** Sees to one Service at a time: what it claims, what its status says, and that nothing of it stays when it goes. */
export class ServiceKeeper {
  readonly #parts: ServiceKeeperParts
  readonly #told = new Map<ServiceKey, Told>()
  /** Whose finalizers were taken off for that: once, since whoever puts one back may do so again. */
  readonly #freed = new Set<ServiceKey>()

  constructor(parts: ServiceKeeperParts) {
    this.#parts = parts
  }

  /** Works out what a Service claims, and nothing else: true where a document changes by it. */
  claim(key: ServiceKey): boolean {
    const { view, sight, book, rules } = this.#parts
    // What the edges have of it stays.
    if (sight.isUnseen(namespaceOf(key))) return false
    const service = view.service(key)
    if (!service || service.deleting || !isOurs(service, rules)) return book.delete(key)
    const { asked } = book.get(key) ?? {}
    return book.set(service, serviceClaims(service, view.slices(key), view.pool, rules, asked))
  }

  /** @throws ApiFailed when the API server took not all of what is to be written; to be called again. */
  async keep(key: ServiceKey, signal: AbortSignal): Promise<void> {
    const { view, onClaimsChanged, book } = this.#parts
    if (this.#parts.sight.isUnseen(namespaceOf(key))) return
    const before = view.service(key)
    if (before) await this.#hold(before, signal)
    if (signal.aborted) return
    if (this.claim(key)) onClaimsChanged()
    const service = view.service(key)
    const entry = book.get(key)
    if (service && entry) await this.#report(service, entry, signal)
    else if (service) await this.#letGo(service, signal)
    if (service && !entry) this.#tellStray(service)
    else this.#parts.strays.forget(key)
    if (!service) this.#parts.leaving.stays(key)
    if (service && entry) return
    this.#told.delete(key)
    this.#parts.idle.forget(key)
    this.#freed.delete(key)
    this.#parts.statuses.forget(key)
  }

  /** Puts the finalizers where they belong, and takes them from where they do harm. */
  async #hold(service: ServiceObject, signal: AbortSignal): Promise<void> {
    const { writer, rules, isHolding } = this.#parts
    if (service.type !== 'LoadBalancer' || !isOurs(service, rules) || service.deleting) return
    const { length: held } = finalizersOf(service)
    if (isHolding && held < FINALIZERS.length) await writer.addFinalizers(service, signal)
    if (isHolding || held === 0 || this.#freed.has(service.key)) return
    this.#freed.add(service.key)
    await writer.removeFinalizers(service, signal)
  }

  /** Not before another controller, whose edge it may be, has had the time to say something of it. */
  #tellStray(service: ServiceObject): void {
    const { rules, writer, again, strays } = this.#parts
    const message = strayMessage(service, rules)
    const left = message === undefined ? undefined : strays.left(service.key)
    if (message === undefined || left === undefined) return
    // Each time, since whatever brought the Service here has taken the place of the look that was to come.
    if (left > 0) again(service.key, left)
    else writer.tell(service, { type: 'Warning', reason: 'EdgeUnknown', message })
  }

  async #report(service: ServiceObject, entry: Entry, signal: AbortSignal): Promise<void> {
    const { statuses, rules, wallClock, leaving, idle, book, boards, again } = this.#parts
    leaving.stays(service.key)
    idle.look(service.key, entry.idle)
    const left = Math.max(
      idle.patienceLeft(service.key),
      ...entry.edges.map((edge) => boards.get(edge)?.patienceLeft(entry.claims) ?? 0),
    )
    if (left > 0) again(service.key, left)
    // An earlier leader has seen them down for longer.
    if (left > 0 && saysDown(service)) return await this.#guard(service, signal)
    // What its status says of its ports stays until it is known what they are; what is wrong can be told.
    const isAsked = book.isAsked(service.key)
    const outcome = isAsked ? { problems: entry.problems, edges: [] } : this.#outcome(entry)
    // An answer may take its time, and the port that the spec has now may be another's.
    if (this.#isPending(outcome)) return await this.#guard(service, signal)
    const { events, told } = eventsFor(this.#told.get(service.key) ?? toldByStatus(service), outcome)
    if (isAsked) await this.#guard(service, signal)
    const status = isAsked ? undefined : desiredStatus(service, outcome, rules, wallClock())
    if (status) {
      const wait = statuses.turn(service.key)
      if (wait > 0) {
        again(service.key, wait)
        return await this.#guard(service, signal)
      }
      await statuses.write(service, status, { isServed: isServed(outcome), signal })
    }
    this.#told.set(service.key, told)
    for (const event of events) this.#parts.writer.tell(service, event)
  }

  /** Does not wait for its turn: it comes no more often than the status says VIP, which does. */
  async #guard(service: ServiceObject, signal: AbortSignal): Promise<void> {
    const status = guardedStatus(service, this.#parts.rules)
    if (status) await this.#parts.statuses.write(service, status, { isServed: false, signal })
  }

  #outcome({ service, edges, claims, problems }: Entry): ServiceOutcome {
    const { book, boards, idle } = this.#parts
    const down = idle.down(service.key)
    const known = (fate: Fate) => (fate.state === 'live' && down !== undefined ? { down, ...fate } : fate)
    const outcomes = edges.map((edge): EdgeOutcome => {
      const conflicts = new Map(book.conflicts(service.key, edge).map(({ claim, fate }) => [claim, fate]))
      const board = boards.get(edge)
      const fate = (claim: Entry['claims'][number]) =>
        conflicts.get(claim) ?? board?.fate(claim) ?? ({ state: 'unknown' } as const)
      return { edge, claims: claims.map((claim) => ({ claim, fate: known(fate(claim)) })) }
    })
    return { problems, edges: outcomes }
  }

  /** An answer is on its way, and brings the Service here again: until then there is nothing new to say. */
  #isPending({ edges }: ServiceOutcome): boolean {
    return edges.some(
      ({ edge, claims }) =>
        this.#parts.boards.get(edge)?.isAnswering && claims.some(({ fate }) => fate.state === 'unknown'),
    )
  }

  /** It is ours to let go, though this controller has never written to it. */
  #isHeldForUs(service: ServiceObject): boolean {
    const isKept = service.type === 'LoadBalancer' && isOurs(service, this.#parts.rules)
    return isKept && finalizersOf(service).length > 0
  }

  /** Edges that an earlier leader may have put it to: those of its class, whatever its annotation says now. */
  #mayHold(service: ServiceObject): ReadonlySet<string> {
    const { rules } = this.#parts
    const isBalancer = service.type === 'LoadBalancer' && isOurs(service, rules)
    return new Set(
      isBalancer
        ? edgesOf({ ...service, annotations: {} }, rules).edges
        : rules.edges.map(({ name }) => name),
    )
  }

  /** A Service that is not ours any more, or is being deleted: first its ports, then its status, then its finalizers. */
  async #letGo(service: ServiceObject, signal: AbortSignal): Promise<void> {
    const { boards, leaving, writer, rules } = this.#parts
    if (!service.managed && !this.#isHeldForUs(service)) return
    const mayHold = this.#mayHold(service)
    const isFree = [...boards].every(
      ([edge, board]) => board.hasLetGo(service.key) || (!board.hasSpoken && !mayHold.has(edge)),
    )
    // Until it goes, its spec can change.
    if (!isFree && !leaving.isOverdue(service)) return await this.#guard(service, signal)
    if (!isFree) writer.tell(service, GIVEN_UP)
    const status = service.deleting ? undefined : clearedStatus(service)
    if (status) await writer.applyStatus(service, status, signal)
    // The load balancer of somebody else may have the first of them from there.
    if (service.type === 'LoadBalancer' && !isOurs(service, rules))
      await writer.giveUpFinalizers(service, signal)
    else await writer.removeFinalizers(service, signal)
    leaving.stays(service.key)
  }
}

function isServed({ edges }: ServiceOutcome): boolean {
  return edges.some(({ claims }) => claims.some(({ fate }) => fate.state === 'live'))
}

const GIVEN_UP = {
  type: 'Warning',
  reason: 'EdgeUnreachable',
  message:
    'No edge has confirmed that the ports are closed, and the Service is not held for ever: it is let go. The edge closes them as soon as the controller reaches it, or at the end of its hold time.',
} as const
