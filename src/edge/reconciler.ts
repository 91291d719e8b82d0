import { Agenda, type Agendum } from '../core/plan/agenda.ts'
import { type Change, keysOf, needsReload } from '../core/plan/change.ts'
import { DataPlaneUnavailable, type Driver } from '../core/plan/driver.ts'
import type { Observed } from '../core/plan/observed.ts'
import { reloadDue } from '../core/plan/pacing.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Service } from '../core/registry/answer.ts'
import type { PortKey, Routes } from '../core/route.ts'
import { SettlementQueue } from './settlement-queue.ts'

export interface ReconcilerParts {
  readonly driver: Driver
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** Told after every look at the data plane, and after every change in it. */
  readonly onObserved: (before: Observed | undefined, after: Observed) => void
  /** Told once when the data plane stops answering, and once (undefined) when it answers again. */
  readonly onUnavailable: (refusal: Refusal | undefined) => void
  /** Told of an error that nobody foresaw. */
  readonly onFault: (error: unknown) => void
  /** Told when a route's service may differ from before. */
  readonly onService: (keys: Iterable<PortKey>) => void
}

/** How often the data plane is looked at, ms: backends' health in the answers is at most this old. */
const LOOK_EVERY = 1000

/**
 * A look at a thousand routes holds up everything else for some 10 ms, so it lets calls that come thick and fast go first:
 * it waits for such a quiet moment, but for no longer than another `LOOK_EVERY`. Ms.
 */
const QUIET_MOMENT = 50

/** How soon to try again when the data plane does not answer, ms. */
const RETRY_UNAVAILABLE = 500

/**
 * Keeps the data plane as the registry wants it. One loop, one step at a time: look, plan, make the changes that the
 * runtime API can make at once, gather those that need a reload, look again. Whatever went wrong, the next look starts
 * from what really runs.
 */
export class Reconciler {
  readonly #parts: ReconcilerParts
  readonly #agenda = new Agenda()
  readonly #settlements = new SettlementQueue()
  #observed: Observed | undefined
  #unavailable: Refusal | undefined
  #demand: { first: number; latest: number } | undefined
  #reloaded: number | undefined
  /** When something else was last wanted, and when it was last looked, ms. */
  #wanted = Number.NEGATIVE_INFINITY
  #looked = Number.NEGATIVE_INFINITY
  #running: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #closed = false

  constructor(parts: ReconcilerParts) {
    this.#parts = parts
  }

  /** Want other routes than before, at these ports. */
  want(routes: Routes, ports: Iterable<PortKey> = routes.keys()): void {
    const keys = [...ports]
    this.#agenda.want(routes, keys)
    this.#wanted = this.#parts.now()
    if (this.#demand) this.#demand.latest = this.#wanted
    this.#settlements.begin(keys)
    this.#wake()
  }

  /** Resolves when what was wanted of these ports is served, refused, or the data plane failed. */
  settled(keys: Iterable<PortKey>): Promise<void> {
    // Nothing is under way: a step that settles them might be as far off as the next look.
    if (!this.#running && !this.#demand) return Promise.resolve()
    return this.#settlements.wait(keys)
  }

  /** Whether something that was wanted of a port is not done yet: what `service` says of it is of what runs meanwhile. */
  isPending(key: PortKey): boolean {
    return this.#settlements.isPending(key)
  }

  /** Whether there is no such port. */
  get isSettled(): boolean {
    return this.#settlements.isSettled
  }

  /** Resolves when no step is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  /** What the data plane makes of a port that the registry has a route for. */
  service(key: PortKey): Service {
    const refusal = this.#unavailable ?? this.#agenda.refusal(key)
    if (refusal) return { state: 'refused', refusal }
    const observed = this.#observed?.routes.get(key)
    if (observed) return { state: 'live', backends: observed.backends }
    return { state: 'refused', refusal: { code: 'haproxy-unavailable', detail: `${key} is being loaded` } }
  }

  /** Why a port is open that nobody claims; undefined where it is closed, or claimed. */
  closing(key: PortKey): Refusal | undefined {
    if (this.#agenda.desired.has(key)) return undefined
    if (this.#unavailable) return this.#unavailable
    if (!this.#observed?.routes.has(key)) return undefined
    return this.#agenda.refusal(key) ?? { code: 'haproxy-unavailable', detail: `${key} is being closed` }
  }

  get observed(): Observed | undefined {
    return this.#observed
  }

  get unavailable(): Refusal | undefined {
    return this.#unavailable
  }

  /** Stops after the step under way. Whoever waits is let go. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.#running
    this.#settlements.settleAll()
  }

  #wake(): void {
    if (this.#running || this.#closed) return
    clearTimeout(this.#timer)
    this.#running = this.#run().finally(() => {
      this.#running = undefined
      if (!this.#closed) this.#schedule()
    })
  }

  /** Steps until there is nothing to do now. */
  async #run(): Promise<void> {
    try {
      do {
        await this.#step()
        if (!this.#settlements.dirty && this.#lookDue()) {
          await this.#look()
          await this.#step()
        }
      } while (this.#settlements.dirty && !this.#closed)
      this.#setUnavailable(undefined)
    } catch (error) {
      this.#observed = undefined
      this.#setUnavailable(this.#refusalOf(error))
      this.#settlements.settleAll()
    }
  }

  /** A fault of ours, too, is one of the data plane for now: the next look starts anew, and the rest of the edge goes on. */
  #refusalOf(error: unknown): Refusal {
    if (error instanceof DataPlaneUnavailable) return { code: 'haproxy-unavailable', detail: error.message }
    this.#parts.onFault(error)
    return { code: 'internal', detail: 'a fault in the edge; its log says more' }
  }

  async #step(): Promise<void> {
    const { now } = this.#parts
    const generation = this.#settlements.take()
    const observed = this.#observed ?? (await this.#look())
    const agendum = this.#draw(observed)
    const { changes } = agendum
    const quick = changes.filter((change) => !needsReload(change))
    if (quick.length > 0) await this.#apply(quick, agendum)
    const slow = changes.filter(needsReload)
    const slowKeys = keysOf(slow)
    this.#settlements.settle(generation, slowKeys)
    if (slow.length === 0) {
      this.#demand = undefined
      return
    }
    this.#demand ??= { first: now(), latest: now() }
    if (now() < reloadDue({ ...this.#demand, reloaded: this.#reloaded })) return
    this.#demand = undefined
    const reloaded = await this.#apply(slow, agendum)
    if (reloaded) this.#reloaded = now()
    this.#settlements.settle(generation, NONE)
  }

  #draw(observed: Observed): Agendum {
    const { driver, now, onService } = this.#parts
    const agendum = this.#agenda.draw(observed, now(), driver.isCrowded)
    if (agendum.reconsidered.size > 0) onService(agendum.reconsidered)
    return agendum
  }

  #lookDue(): boolean {
    return this.#parts.now() >= this.#nextLook()
  }

  #nextLook(): number {
    const earliest = this.#looked + LOOK_EVERY
    return Math.max(earliest, Math.min(this.#wanted + QUIET_MOMENT, earliest + LOOK_EVERY))
  }

  async #look(): Promise<Observed> {
    const { driver, now } = this.#parts
    const observed = await driver.observe(this.#agenda.wanted(now()))
    this.#looked = now()
    this.#see(observed)
    return observed
  }

  async #apply(changes: readonly Change[], agendum: Agendum): Promise<boolean> {
    const { driver, now, onService } = this.#parts
    const outcome = await driver.apply(changes, agendum.wanted)
    this.#agenda.made(changes, agendum, outcome, now())
    this.#see(outcome.observed)
    onService(keysOf(changes))
    return outcome.reloaded
  }

  #see(observed: Observed): void {
    const before = this.#observed
    this.#observed = observed
    this.#parts.onObserved(before, observed)
  }

  #setUnavailable(refusal: Refusal | undefined): void {
    const changed = (refusal === undefined) !== (this.#unavailable === undefined)
    this.#unavailable = refusal
    if (!changed) return
    this.#parts.onUnavailable(refusal)
    this.#parts.onService(this.#agenda.desired.keys())
  }

  #schedule(): void {
    const now = this.#parts.now()
    this.#timer = setTimeout(() => this.#wake(), Math.max(0, this.#nextStep(now) - now))
  }

  #nextStep(now: number): number {
    // Nothing that is due can be done meanwhile.
    if (this.#unavailable) return now + RETRY_UNAVAILABLE
    const times = [this.#nextLook()]
    if (this.#demand) times.push(reloadDue({ ...this.#demand, reloaded: this.#reloaded }))
    const retry = this.#agenda.next()
    // What is over already goes with the reload that is due: to wake for it would be to plan the same, over and over.
    if (retry !== undefined && !(this.#demand && retry <= now)) times.push(retry)
    return Math.min(...times)
  }
}

const NONE: ReadonlySet<PortKey> = new Set()
