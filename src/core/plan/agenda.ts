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
  /** All that was wanted when it was drawn. */
  readonly desired: Routes
  /** Which routes to have, without what has to wait. */
  readonly wanted: Routes
  /** What leads there from what runs. */
  readonly changes: readonly Change[]
  /** Ports that were found to have to wait, or to wait no more: something else is to be said of them than before. */
  readonly reconsidered: ReadonlySet<PortKey>
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
    const reconsidered = this.#parking.reconsider(keysOf(changes), now)
    const pending = keysOf(changes.filter(needsReload))
    this.#lastOwners.settle((key) => pending.has(key) || this.refusal(key) !== undefined)
    const heldBack = isCrowded ? changes.filter((change) => this.#holdBack(change, observed, now)) : []
    const desired = this.#desired
    if (heldBack.length === 0) return { desired, wanted, changes, reconsidered }
    const rest = this.wanted(now)
    return {
      desired,
      wanted: rest,
      changes: plan(rest, observed),
      reconsidered: new Set([...reconsidered, ...keysOf(heldBack)]),
    }
  }

  /** What came of these changes, which an agendum has among others. */
  made(
    changes: readonly Change[],
    { desired, wanted }: Agendum,
    { refused, reloaded, observed }: Outcome,
    now: number,
  ): void {
    // What is served instead of a refused route says nothing of that one.
    for (const key of keysOf(changes))
      if (!refused.has(key) && wanted.get(key) === desired.get(key)) this.#parking.clear(key)
    const atRunTime = keysOf(changes.filter((change) => !needsReload(change)))
    for (const [key, refusal] of refused) {
      const [route, running] = [desired.get(key), observed.routes.get(key)]
      if (route || running?.shape !== undefined)
        this.#parking.park(this.#obstacle(key, route, refusal, running, atRunTime.has(key)), now)
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

  #holdBack(change: Change, observed: Observed, now: number): boolean {
    if (change.kind === 'refresh-foundation') return false
    const until = this.#toll.waitsUntil(change, now)
    const { key } = change
    const running = observed.routes.get(key)
    // What another hand loaded can't be kept as it is.
    if (until === undefined || (running && running.shape === undefined)) return false
    const refusal = delayed(key, until - now)
    this.#parking.holdBack(this.#obstacle(key, this.#desired.get(key), refusal, running), until)
    return true
  }

  #obstacle(
    key: PortKey,
    route: Route | undefined,
    refusal: Refusal,
    running: ObservedRoute | undefined,
    backendsRefused = false,
  ): Obstacle {
    return { key, route, refusal, running, backendsRefused, isStrangers: this.#lastOwners.has(key) }
  }
}

function delayed(key: PortKey, wait: number): Refusal {
  const seconds = Math.ceil(wait / 1000)
  return {
    code: 'reload-delayed',
    detail: `${key} needs a reload of HAProxy, and its phone has caused many: it waits for ${seconds} s`,
  }
}
