import type { Driver, DriverEvent } from '../core/plan/driver.ts'
import { releaseAnswer } from '../core/registry/answer.ts'
import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { Leases } from '../core/registry/leases.ts'
import type { Step } from '../core/registry/reduce.ts'
import { mayStandNow } from '../core/registry/rejudge.ts'
import { restore } from '../core/registry/restore.ts'
import type { State } from '../core/registry/state.ts'
import type { PortKey } from '../core/route.ts'
import type { Log } from '../log.ts'
import type { DocumentAnswer, HeldDocument, ReleaseAnswer } from '../wire/document.ts'
import type { Scope } from '../wire/token.ts'
import type { ClaimView, EventView, RouteView, StatusView } from '../wire/views.ts'
import { Chronicle } from './chronicle.ts'
import { clusterViews } from './cluster-views.ts'
import { EdgeClock } from './edge-clock.ts'
import type { Answer, Call, EdgeService, Holdings } from './edge-service.ts'
import { ephemeralWarning } from './ephemeral-ports.ts'
import { Estate } from './estate.ts'
import { EventStream } from './event-stream.ts'
import { FenceMemory } from './fence-memory.ts'
import { Journal } from './journal.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Reconciler } from './reconciler.ts'
import { Registrar } from './registrar.ts'
import { rejudgeHeld } from './rejudge-held.ts'
import { type Saved, StorageFailed, type Store } from './store/store.ts'
import { claimViews, routesWithin, routeViews, type Sight } from './views.ts'

export interface EdgeParts {
  readonly store: Store
  readonly saved: Saved
  readonly driver: Driver
  readonly rules: ClaimRules
  /** How long a silent phone's claims are kept while its backends are well, ms. */
  readonly holdTime: number
  readonly tokenLives: (id: string) => boolean
  readonly log: Log
  /** A clock that never steps, ms: `performance.now`. */
  readonly monotonic: () => number
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number
  readonly version: string
  /** The certificate's as it is now, for `homeport status`. */
  readonly fingerprint: string
  /** Whether the machine may take this port for itself, at any time. */
  readonly isEphemeral: (port: number) => boolean
  /** What else the operator should know, as it is now. */
  readonly warnings: () => readonly string[]
  /** Told how many ports' claims came, went or moved. */
  readonly onChanged: (ports: number) => void
}

/** How often leases are looked at, ms. */
const LOOK_AT_LEASES_EVERY = 1000

/** The edge: phones' calls in, HAProxy's routes out. Wires the parts to each other, and does nothing itself. */
export class Edge implements EdgeService {
  readonly #parts: EdgeParts
  readonly #clock: EdgeClock
  readonly #events: EventStream
  readonly #chronicle: Chronicle
  readonly #leases = new Leases()
  readonly #journal: Journal
  readonly #reconciler: Reconciler
  readonly #registrar: Registrar
  readonly #estate: Estate
  readonly #leaseKeeper: LeaseKeeper
  readonly #started: number
  #ticker: NodeJS.Timeout | undefined
  #storageFault: string | undefined
  #fault: string | undefined
  #stopping = false

  constructor(parts: EdgeParts) {
    const { store, saved, driver, rules, holdTime, tokenLives, log, monotonic, wallClock } = parts
    this.#parts = parts
    this.#started = monotonic()
    this.#clock = new EdgeClock(saved.edgeTime, monotonic)
    this.#events = new EventStream(wallClock)
    this.#chronicle = new Chronicle(this.#events, log, (key) => this.#ephemeralWarning([key]))
    const edgeTime = () => this.#clock.now()
    const state = restore(saved.documents, saved.owners)
    this.#journal = new Journal(state, store, edgeTime, (before, step) => this.#onStep(before, step))
    this.#reconciler = new Reconciler({
      driver,
      now: monotonic,
      onObserved: (before, after) => this.#portsChanged(this.#chronicle.health(before, after)),
      onUnavailable: (refusal) => {
        if (refusal) this.#chronicle.tell('haproxy-unavailable', 'haproxy', refusal.detail)
      },
      onFault: (error) => this.#tellFault(error),
      onService: (keys) => this.#portsChanged(keys),
    })
    const calls = {
      journal: this.#journal,
      reconciler: this.#reconciler,
      fences: new FenceMemory(),
      tokenLives,
    }
    this.#registrar = new Registrar({ ...calls, leases: this.#leases, rules, edgeTime, now: monotonic })
    this.#estate = new Estate(calls)
    const observed = () => this.#reconciler.observed
    this.#leaseKeeper = new LeaseKeeper({
      journal: this.#journal,
      leases: this.#leases,
      edgeTime,
      holdTime,
      observed,
    })
  }

  /** Serve what the store holds. Resolves when the data plane does, or has failed to for now. */
  async start(): Promise<void> {
    const { log, rules } = this.#parts
    const refused = rejudgeHeld(this.#journal, rules, log)
    this.#keepStorage(() => this.#journal.writeOwed())
    const { documents, routes } = this.#journal.state
    for (const [key, held] of documents) {
      // In memory only: asking again after each start costs a call, and no write.
      if (mayStandNow(held, rules)) this.#registrar.readAgain([key])
      if (held.lapsedAt === undefined) this.#leases.renew(key, this.#clock.now() + held.ttl)
    }
    this.#reconciler.want(routes)
    await this.#reconciler.settled([...routes.keys(), ...refused])
    await this.#reconciler.idle()
    this.#portsChanged(routes.keys())
    this.#parts.onChanged(routes.size)
    this.#ticker = setInterval(() => this.#tick(), LOOK_AT_LEASES_EVERY)
  }

  /** Edge time now, ms. */
  edgeTime(): number {
    return this.#clock.now()
  }

  /** Something that the data plane did of its own accord. */
  tell(type: DriverEvent['type'], detail: string): void {
    this.#chronicle.tell(type, 'haproxy', detail)
  }

  /** Let go: HAProxy goes on, the store has everything. */
  async stop(): Promise<void> {
    this.#stopping = true
    clearInterval(this.#ticker)
    await this.#reconciler.close()
    this.#keepStorage(() => this.#journal.checkpoint())
  }

  put(call: Call, body: Uint8Array): Answer | Promise<Answer> {
    return this.#registrar.put(call, body)
  }

  unchanged(call: Call, document: Uint8Array | string): Answer | undefined {
    return this.#registrar.unchanged(call, document)
  }

  renew(call: Call, digest: string): Answer | Promise<Answer> {
    return this.#registrar.renew(call, digest)
  }

  release(call: Call, digest?: string): Promise<ReleaseAnswer> {
    return this.#registrar.release(call, digest)
  }

  closing(ports: Iterable<PortKey>): ReleaseAnswer {
    return releaseAnswer(ports, (port) => this.#reconciler.closing(port))
  }

  read(call: Call): Promise<DocumentAnswer> {
    return this.#registrar.read(call)
  }

  held(call: Call): HeldDocument {
    return this.#registrar.claims(call)
  }

  holdings(token: string): Holdings {
    return this.#estate.of(token)
  }

  releaseHoldings(token: string, scope: Scope): Promise<Holdings & ReleaseAnswer> {
    return this.#estate.release(token, scope)
  }

  routes(scope: Scope): RouteView[] {
    return routeViews(this.#sight(), scope)
  }

  claims(scope: Scope): ClaimView[] {
    return claimViews(this.#sight(), this.#leases, this.#clock.now(), this.#parts.holdTime, scope)
  }

  async status(scope: Scope): Promise<StatusView> {
    const { driver, version, fingerprint, monotonic, warnings } = this.#parts
    const { state } = this.#journal
    const clusters = clusterViews(state, scope)
    const keys = routesWithin(state, scope)
      .map(({ key }) => key)
      .toArray()
    const services = keys.map((key) => this.#reconciler.service(key).state)
    const live = services.filter((state) => state === 'live').length
    const { ready, detail } = this.ready()
    const haproxy = await driver.status()
    return {
      version,
      fingerprint,
      uptime: Math.round((monotonic() - this.#started) / 1000),
      ready,
      documents: clusters.reduce((sum, { documents }) => sum + documents, 0),
      clusters,
      routes: { live, refused: services.length - live },
      haproxy: { ...haproxy, oldWorkers: [...haproxy.oldWorkers] },
      warnings: [
        ready ? undefined : detail,
        this.#storageFault,
        this.#ephemeralWarning(keys),
        ...warnings(),
      ].filter((warning) => warning !== undefined),
    }
  }

  events(after: number | undefined, listener: (event: EventView) => void): () => void {
    return this.#events.follow(after, listener)
  }

  ready(): { readonly ready: boolean; readonly detail: string } {
    if (this.#stopping) return { ready: false, detail: 'stopping' }
    if (!this.#reconciler.observed) {
      return { ready: false, detail: this.#reconciler.unavailable?.detail ?? 'HAProxy is being started' }
    }
    return { ready: true, detail: 'serving' }
  }

  #ephemeralWarning(keys: Iterable<PortKey>): string | undefined {
    const { routes } = this.#journal.state
    const ports = [...keys].flatMap((key) => routes.get(key)?.port ?? [])
    return ephemeralWarning(ports.filter((port) => this.#parts.isEphemeral(port)))
  }

  #sight(): Sight {
    const { state } = this.#journal
    return { state, observed: this.#reconciler.observed, serviceOf: (key) => this.#reconciler.service(key) }
  }

  #onStep(before: State, step: Step): void {
    for (const key of step.documents) {
      const held = step.state.documents.get(key)
      if (held) this.#registrar.documentChanged(key, held)
      else this.#registrar.documentGone(key)
    }
    this.#chronicle.documents(before, step)
    this.#registrar.portsChanged(step.ports)
    this.#parts.onChanged(step.ports.size)
    if (step.ports.size > 0) this.#reconciler.want(step.state.routes, step.ports)
  }

  #portsChanged(ports: Iterable<PortKey>): void {
    const keys = [...ports]
    const { routes } = this.#journal.state
    this.#registrar.portsChanged(keys)
    // That HAProxy is away was told once; a line for each of thousands of routes would tell nothing more.
    if (this.#reconciler.unavailable) return
    this.#chronicle.services(keys, (key) => (routes.has(key) ? this.#reconciler.service(key) : undefined))
  }

  /** Told once, however often it comes again. */
  #tellFault(error: unknown): void {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    if (stack === this.#fault) return
    this.#fault = stack
    this.#parts.log.error({ stack }, 'a fault in the edge')
  }

  #tick(): void {
    this.#keepStorage(() => {
      this.#journal.writeOwed()
      this.#leaseKeeper.look()
    })
  }

  /** A full disk is told of once, and again when it is over; the next tick tries again. */
  #keepStorage(work: () => void): void {
    const { log } = this.#parts
    try {
      work()
      if (this.#storageFault) log.info('the state can be written again')
      this.#storageFault = undefined
    } catch (error) {
      if (!(error instanceof StorageFailed)) throw error
      if (!this.#storageFault) log.error({ detail: error.message }, 'the state cannot be written')
      this.#storageFault = `storage-failed: ${error.message}`
    }
  }
}
