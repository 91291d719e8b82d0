import type { OwnerKey } from '../core/owner.ts'
import { type Change, needsReload } from '../core/plan/change.ts'
import { DataPlaneUnavailable, type Driver, type Outcome } from '../core/plan/driver.ts'
import type { Observed } from '../core/plan/observed.ts'
import { reloadDue } from '../core/plan/pacing.ts'
import { type Obstacle, Parking } from '../core/plan/parking.ts'
import { plan } from '../core/plan/plan.ts'
import { ReloadToll } from '../core/plan/reload-toll.ts'
import type { Refusal } from '../core/refusal.ts'
import type { Service } from '../core/registry/answer.ts'
import type { PortKey, Route, Routes } from '../core/route.ts'
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
  readonly #parking = new Parking()
  readonly #toll = new ReloadToll()
  readonly #settlements = new SettlementQueue()
  /** Whose settings run at a port that was given to another owner, or to none, since they were loaded. */
  readonly #lastOwners = new Map<PortKey, OwnerKey>()
  #desired: Routes = new Map()
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
    for (const key of ports) this.#noteOwner(this.#desired.get(key), routes.get(key))
    this.#desired = routes
    this.#wanted = this.#parts.now()
    this.#parking.retain(routes)
    if (this.#demand) this.#demand.latest = this.#wanted
    this.#settlements.begin()
    this.#wake()
  }

  #obstacle(
    key: PortKey,
    route: Route | undefined,
    refusal: Refusal,
    runningShape: string | undefined,
  ): Obstacle {
    return { key, route, refusal, runningShape, isStrangers: this.#lastOwners.has(key) }
  }

  /** A port that changes hands keeps the settings of its last owner until others are loaded. */
  #noteOwner(before: Route | undefined, after: Route | undefined): void {
    if (before && !this.#lastOwners.has(before.key)) this.#lastOwners.set(before.key, before.owner)
    if (after && this.#lastOwners.get(after.key) === after.owner) this.#lastOwners.delete(after.key)
  }

  /** Resolves when what was wanted of these ports is served, refused, or the data plane failed. */
  settled(keys: Iterable<PortKey>): Promise<void> {
    // Nothing is under way: a step that settles them might be as far off as the next look.
    if (!this.#running && !this.#demand) return Promise.resolve()
    return this.#settlements.wait(keys)
  }

  /** Resolves when no step is under way. */
  async idle(): Promise<void> {
    await this.#running
  }

  /** What the data plane makes of a port that the registry has a route for. */
  service(key: PortKey): Service {
    const refusal = this.#unavailable ?? this.#parking.refusal(key, this.#desired.get(key))
    if (refusal) return { state: 'refused', refusal }
    const observed = this.#observed?.routes.get(key)
    if (observed) return { state: 'live', backends: observed.backends }
    return { state: 'refused', refusal: { code: 'haproxy-unavailable', detail: `${key} is being loaded` } }
  }

  /** Why a port is open that nobody claims; undefined where it is closed, or claimed. */
  closing(key: PortKey): Refusal | undefined {
    if (this.#desired.has(key)) return undefined
    if (this.#unavailable) return this.#unavailable
    if (!this.#observed?.routes.has(key)) return undefined
    const refusal = this.#parking.refusal(key, undefined)
    return refusal ?? { code: 'haproxy-unavailable', detail: `${key} is being closed` }
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
    const { wanted, changes } = this.#plan(observed)
    const quick = changes.filter((change) => !needsReload(change))
    if (quick.length > 0) await this.#apply(quick, wanted)
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
    const reloaded = await this.#apply(slow, wanted)
    if (reloaded) this.#reloaded = now()
    this.#settlements.settle(generation, NONE)
  }

  /** What to do, without what has to wait. */
  #plan(observed: Observed): { readonly wanted: Routes; readonly changes: Change[] } {
    const now = this.#parts.now()
    const wanted = this.#parking.without(this.#desired, now)
    const changes = plan(wanted, observed)
    this.#parking.reconsider(keysOf(changes), now)
    this.#forgetOwners(changes)
    const { driver } = this.#parts
    const held = driver.isCrowded ? changes.filter((change) => this.#holdBack(change, observed, now)) : []
    if (held.length === 0) return { wanted, changes }
    this.#parts.onService(keysOf(held))
    const rest = this.#parking.without(this.#desired, now)
    return { wanted: rest, changes: plan(rest, observed) }
  }

  /** Where an owner has all that it wants, the settings are its own. */
  #forgetOwners(changes: readonly Change[]): void {
    if (this.#lastOwners.size === 0) return
    const pending = keysOf(changes.filter(needsReload))
    for (const key of this.#lastOwners.keys()) {
      const isParked = this.#parking.refusal(key, this.#desired.get(key)) !== undefined
      if (!pending.has(key) && !isParked) this.#lastOwners.delete(key)
    }
  }

  /** Whoever has caused many reloads of late waits for the next one. */
  #holdBack(change: Change, observed: Observed, now: number): boolean {
    if (change.kind === 'refresh-foundation') return false
    const until = this.#toll.waitsUntil(change, now)
    const { key } = change
    const running = observed.routes.get(key)
    // What another hand loaded can't be kept as it is.
    if (until === undefined || (running && running.shape === undefined)) return false
    const refusal = heldBack(key, until - now)
    this.#parking.holdBack(this.#obstacle(key, this.#desired.get(key), refusal, running?.shape), until)
    return true
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
    const observed = await driver.observe(this.#parking.without(this.#desired, now()))
    this.#looked = now()
    this.#see(observed)
    return observed
  }

  async #apply(changes: readonly Change[], wanted: Routes): Promise<boolean> {
    const { driver, now, onService } = this.#parts
    const outcome = await driver.apply(changes, wanted)
    const keys = keysOf(changes)
    // A backend that comes or goes says nothing of settings that were refused.
    for (const key of keysOf(changes.filter(needsReload)))
      if (!outcome.refused.has(key)) this.#parking.clear(key)
    for (const [key, refusal] of outcome.refused) {
      const runningShape = this.#observed?.routes.get(key)?.shape
      const route = wanted.get(key)
      if (route || runningShape !== undefined)
        this.#parking.park(this.#obstacle(key, route, refusal, runningShape), now())
    }
    if (outcome.reloaded) this.#toll.charge(made(changes, outcome), now())
    this.#see(outcome.observed)
    onService(keys)
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
    this.#parts.onService(this.#desired.keys())
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
    const retry = this.#parking.next()
    // What is over already goes with the reload that is due: to wake for it would be to plan the same, over and over.
    if (retry !== undefined && !(this.#demand && retry <= now)) times.push(retry)
    return Math.min(...times)
  }
}

function made(changes: readonly Change[], { refused }: Outcome): Change[] {
  return changes.filter((change) => needsReload(change) && !('key' in change && refused.has(change.key)))
}

function heldBack(key: PortKey, wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return {
    code: 'reload-delayed',
    detail: `${key} needs a reload of HAProxy, and its phone has caused many: it waits for ${seconds} s`,
  }
}

const NONE: ReadonlySet<PortKey> = new Set()

function keysOf(changes: readonly Change[]): Set<PortKey> {
  return new Set(changes.flatMap((change) => (change.kind === 'refresh-foundation' ? [] : [change.key])))
}
