import type { Refusal } from '../refusal.ts'
import type { PortKey, Route, Routes } from '../route.ts'
import { type Change, keysOf, needsReload } from './change.ts'
import type { Outcome } from './driver.ts'
import { LastOwners } from './last-owners.ts'
import type { Observed, ObservedRoute } from './observed.ts'
import { type Obstacle, Parking } from './parking.ts'
import { plan } from './plan.ts'
import { ReloadToll } from './reload-toll.ts'

/** What is to be done now. */
export interface Agendum {
  /** Which routes to have, without what has to wait. */
  readonly wanted: Routes
  /** What leads there from what runs. */
  readonly changes: readonly Change[]
  /** Ports that were found to have to wait. */
  readonly heldBack: ReadonlySet<PortKey>
}

/**
 * What of the wanted routes is to be made now, and what has to wait for what: refused by the data plane until it is tried
 * again, or a reload whose causer has caused many. Times in ms of one monotonic clock.
 */
export class Agenda {
  readonly #parking = new Parking()
  readonly #toll = new ReloadToll()
  readonly #lastOwners = new LastOwners()
  #desired: Routes = new Map()

  /** Want other routes than before, at these ports. */
  want(routes: Routes, ports: Iterable<PortKey>): void {
    for (const key of ports) this.#lastOwners.note(this.#desired.get(key), routes.get(key))
    this.#desired = routes
    this.#parking.retain(routes)
  }

  /** All that is wanted, sooner or later. */
  get desired(): Routes {
    return this.#desired
  }

  /** What is wanted for now. */
  wanted(now: number): Routes {
    return this.#parking.without(this.#desired, now)
  }

  /** @param isCrowded Whether more reloads would soon end sessions: then whoever has caused many waits. */
  draw(observed: Observed, now: number, isCrowded: boolean): Agendum {
    const wanted = this.wanted(now)
    const changes = plan(wanted, observed)
    this.#parking.reconsider(keysOf(changes), now)
    const pending = keysOf(changes.filter(needsReload))
    this.#lastOwners.settle((key) => pending.has(key) || this.refusal(key) !== undefined)
    const heldBack = new Set<PortKey>()
    if (isCrowded)
      for (const change of changes) {
        if (change.kind !== 'refresh-foundation' && this.#holdBack(change, observed, now))
          heldBack.add(change.key)
      }
    if (heldBack.size === 0) return { wanted, changes, heldBack }
    const rest = this.wanted(now)
    return { wanted: rest, changes: plan(rest, observed), heldBack }
  }

  /** What came of these changes. @param before What ran at each port before them. */
  made(
    { wanted, changes }: Pick<Agendum, 'wanted' | 'changes'>,
    { refused, reloaded }: Outcome,
    before: ReadonlyMap<PortKey, ObservedRoute> | undefined,
    now: number,
  ): void {
    // A backend that comes or goes says nothing of settings that were refused.
    for (const key of keysOf(changes.filter(needsReload))) if (!refused.has(key)) this.#parking.clear(key)
    for (const [key, refusal] of refused) {
      const runningShape = before?.get(key)?.shape
      const route = wanted.get(key)
      if (route || runningShape !== undefined)
        this.#parking.park(this.#obstacle(key, route, refusal, runningShape), now)
    }
    if (!reloaded) return
    const loaded = changes.filter(
      (change) => needsReload(change) && !('key' in change && refused.has(change.key)),
    )
    this.#toll.charge(loaded, now)
  }

  /** Why what is wanted at a port is not there, or why it is still open where nothing is wanted. */
  refusal(key: PortKey): Refusal | undefined {
    return this.#parking.refusal(key, this.#desired.get(key))
  }

  /** When the next one of those that wait is due; undefined when none waits. */
  next(): number | undefined {
    return this.#parking.next()
  }

  #holdBack(
    change: Exclude<Change, { kind: 'refresh-foundation' }>,
    observed: Observed,
    now: number,
  ): boolean {
    const until = this.#toll.waitsUntil(change, now)
    const { key } = change
    const running = observed.routes.get(key)
    // What another hand loaded can't be kept as it is.
    if (until === undefined || (running && running.shape === undefined)) return false
    const refusal = delayed(key, until - now)
    this.#parking.holdBack(this.#obstacle(key, this.#desired.get(key), refusal, running?.shape), until)
    return true
  }

  #obstacle(
    key: PortKey,
    route: Route | undefined,
    refusal: Refusal,
    runningShape: string | undefined,
  ): Obstacle {
    return { key, route, refusal, runningShape, isStrangers: this.#lastOwners.has(key) }
  }
}

function delayed(key: PortKey, wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return {
    code: 'reload-delayed',
    detail: `${key} needs a reload of HAProxy, and its phone has caused many: it waits for ${seconds} s`,
  }
}
