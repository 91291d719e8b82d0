import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import type { ServiceKey } from '../core/kubernetes/objects.ts'
import type { Clock } from '../kubernetes/clock.ts'
import type { Leading } from '../kubernetes/term.ts'
import { WorkQueue } from '../kubernetes/work-queue.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { ClaimBook } from './claim-book.ts'
import type { ClusterView } from './cluster-view.ts'
import { isRefusal } from './edge-answer.ts'
import { EdgeBoard } from './edge-board.ts'
import { type EdgeOutcome, EdgePhone } from './edge-phone.ts'
import type { EdgeWay } from './edge-way.ts'
import { IdleServices } from './idle-services.ts'
import { Leaving } from './leaving.ts'
import { type NamespaceSight, namespaceOf } from './namespace-sight.ts'
import { ServiceKeeper } from './service-keeper.ts'
import type { ServiceWriter } from './service-writer.ts'
import { StatusKeeper } from './status-keeper.ts'
import { StrayServices } from './stray-services.ts'
import { unseenService } from './unseen-service.ts'
import type { Wanted } from './wanted.ts'

export interface TenureParts {
  readonly view: ClusterView
  readonly writer: ServiceWriter
  /** Which of the namespaces that are served may not be seen. */
  readonly sight: Pick<NamespaceSight, 'isUnseen'>
  readonly rules: ControllerRules
  /** Whether Services are held by finalizers until their ports are closed. */
  readonly isHolding: boolean
  readonly ways: readonly EdgeWay[]
  readonly clock: Clock
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds between two calls that change nothing. */
  readonly interval: number
  /** How long a Service that goes is held while an edge does not confirm that its ports are closed, ms. */
  readonly releaseTime: number
  /** Told of each call's outcome at an edge. */
  readonly onEdge: (edge: string, outcome: EdgeOutcome) => void
  /** Told of a Service that could not be written; it is tried again. */
  readonly onFault: (key: ServiceKey, error: unknown, failures: number) => void
}

/** Services that are seen to at the same time: each waits for the API server for most of its time. */
const CONCURRENCY = 8

/**
 * Milliseconds for which a new leader waits for the first word of its edges before it writes anything: claims come first, and
 * what became of them is then written in one go.
 */
const FIRST_WORD = 5_000

/**
 * The time for which this controller leads. It begins with nothing but the cluster as it is: what an earlier leader knew
 * is in the Services' status and at the edges.
 */
export class Tenure {
  readonly #parts: TenureParts
  readonly #leading: Leading
  readonly #book: ClaimBook
  readonly #boards: ReadonlyMap<string, EdgeBoard>
  readonly #phones: ReadonlyMap<string, EdgePhone>
  readonly #keeper: ServiceKeeper
  readonly #queue: WorkQueue
  readonly #leaving: Leaving
  readonly #wanted = new Map<string, readonly ClaimRequest[]>()
  /** Edges that have neither answered nor failed yet. */
  readonly #silent: Set<string>
  readonly #spoken = Promise.withResolvers<void>()
  #sequence = 0
  #isPublishing = false
  /** What each Service was told of others in its way, as text. */
  #conflicts: ReadonlyMap<ServiceKey, string> = new Map()

  constructor(parts: TenureParts, leading: Leading) {
    const { view, writer, sight, rules, isHolding, ways, clock, wallClock, releaseTime, onFault } = parts
    this.#parts = parts
    this.#leading = leading
    this.#book = new ClaimBook()
    this.#boards = new Map(ways.map(({ name }) => [name, new EdgeBoard(() => clock.now())]))
    this.#silent = new Set(ways.map(({ name }) => name))
    this.#phones = new Map(ways.map((way) => [way.name, this.#phone(way)]))
    this.#queue = new WorkQueue({ concurrency: CONCURRENCY, onFault, clock })
    const again = (key: ServiceKey, ms: number) => this.#queue.addAfter(key, ms)
    this.#leaving = new Leaving({ releaseTime, now: () => clock.now(), wallClock, again })
    this.#keeper = new ServiceKeeper({
      view,
      sight,
      book: this.#book,
      boards: this.#boards,
      leaving: this.#leaving,
      idle: new IdleServices(() => clock.now()),
      strays: new StrayServices(() => clock.now()),
      writer,
      statuses: new StatusKeeper({ writer, now: () => clock.now() }),
      rules,
      isHolding,
      wallClock,
      again,
      onClaimsChanged: () => this.#publishSoon(),
    })
  }

  /** Leads until the term is over. */
  async run(): Promise<void> {
    const { signal } = this.#leading
    // Whole from the first call on: what a document leaves out is released.
    for (const [key] of this.#parts.view.services()) {
      this.#keeper.claim(key)
      this.#queue.add(key)
    }
    this.#book.askEdges(this.#phones.keys())
    this.#publish()
    const work = (key: ServiceKey) => this.#keeper.keep(key, signal)
    const calling = [...this.#phones.values()].map((phone) => phone.run(signal))
    await Promise.race([this.#spoken.promise, this.#parts.clock.sleep(FIRST_WORD, signal)])
    await Promise.all([this.#queue.run(work, signal), ...calling])
  }

  /** Something about a Service changed: itself, or its endpoints. */
  serviceChanged(key: ServiceKey): void {
    this.#queue.add(key)
  }

  /** The nodes changed, and so may every Service's backends. */
  nodesChanged(): void {
    for (const key of this.#book.keys()) this.#queue.add(key)
  }

  /** A namespace is seen that was not before: what it wants takes the place of what the edges had of it. */
  namespaceSeen(namespace: string): void {
    const services = [...this.#parts.view.services()].map(([key]) => key)
    for (const key of [...services, ...this.#book.keys()])
      if (namespaceOf(key) === namespace) this.#queue.add(key)
  }

  #phone({ name, line }: EdgeWay): EdgePhone {
    const { clock, random, interval } = this.#parts
    const onOutcome = (outcome: EdgeOutcome) => this.#hear(name, outcome)
    const onRecalled = (claims: readonly ClaimRequest[]) => this.#recall(name, claims)
    const onPut = (wanted: Wanted) => this.#boards.get(name)?.sent(wanted)
    return new EdgePhone({ line, clock, random, interval, onPut, onOutcome, onRecalled })
  }

  /** At once: what is put next has it. */
  #recall(edge: string, claims: readonly ClaimRequest[]): void {
    for (const [owner, held] of Map.groupBy(claims, (claim) => claim.owner)) {
      if (!this.#parts.sight.isUnseen(namespaceOf(owner))) continue
      const known = this.#book.get(owner)
      this.#book.set(...unseenService(owner, [...(known?.edges ?? []), edge], known?.claims ?? held))
    }
    for (const key of this.#book.recall(edge, claims)) {
      this.#keeper.claim(key)
      this.#queue.add(key)
    }
    this.#publish()
    // Who was in whose way could not be told before.
    for (const key of this.#conflicts.keys()) this.#queue.add(key)
  }

  #hear(edge: string, outcome: EdgeOutcome): void {
    this.#parts.onEdge(edge, outcome)
    this.#silent.delete(edge)
    if (this.#silent.size === 0) this.#spoken.resolve()
    const board = this.#boards.get(edge)
    if (!board) return
    if (outcome.kind === 'answered') {
      for (const key of board.answered(outcome.taken)) this.#queue.add(key)
      for (const key of this.#leaving.keys()) this.#queue.add(key)
    } else if (board.failed(isRefusal(outcome.refusal))) {
      // Whoever waits for an answer has none to expect now.
      for (const key of this.#book.keys()) this.#queue.add(key)
    }
  }

  /** Changes of one moment make one document. */
  #publishSoon(): void {
    if (this.#isPublishing) return
    this.#isPublishing = true
    setImmediate(() => {
      this.#isPublishing = false
      if (!this.#leading.signal.aborted) this.#publish()
    })
  }

  /** What is wanted already is not told again. */
  #want(edge: string, claims: readonly ClaimRequest[]): void {
    if (sameItems(this.#wanted.get(edge), claims)) return
    this.#wanted.set(edge, claims)
    this.#sequence += 1
    this.#phones.get(edge)?.want({ fence: this.#leading.fence, sequence: this.#sequence, claims })
  }

  #publish(): void {
    const conflicts = new Map<ServiceKey, string>()
    for (const edge of this.#parts.rules.edges) {
      const allotment = this.#book.allot(edge)
      this.#want(edge.name, allotment.claims)
      for (const [key, lost] of allotment.conflicts) {
        conflicts.set(key, `${conflicts.get(key) ?? ''}\n${JSON.stringify(lost.map(({ fate }) => fate))}`)
      }
    }
    for (const key of new Set([...conflicts.keys(), ...this.#conflicts.keys()])) {
      if (conflicts.get(key) !== this.#conflicts.get(key)) this.#queue.add(key)
    }
    this.#conflicts = conflicts
  }
}

function sameItems(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  return a !== undefined && a.length === b.length && a.every((item, index) => item === b[index])
}
