import type { ErrorCode } from '../../wire/error-codes.ts'
import type { Refusal } from '../refusal.ts'
import type { PortKey, Route, Routes } from '../route.ts'
import { inShape } from './shape.ts'

interface Parked {
  readonly route: Route
  /** What to serve meanwhile: the settings that run, with the backends that are wanted. */
  readonly instead: Route | undefined
  readonly refusal: Refusal
  /** When to try again, ms. */
  readonly until: number
  readonly tries: number
}

/** A taken port is looked at every 2 s, so that it is served within seconds of its becoming free. */
const RETRY: Partial<Record<ErrorCode, { first: number; longest: number }>> = {
  'port-taken-on-host': { first: 2_000, longest: 2_000 },
  'port-not-permitted': { first: 2_000, longest: 10_000 },
}

/** Others cost a check of the whole configuration each: growing pauses. */
const RETRY_OTHERS = { first: 2_000, longest: 60_000 }

/**
 * Routes that the data plane refused, kept out of the plan until it is time to try again. What is parked is a route as it
 * was wanted: once another one is wanted at its port, it counts no more. Times in ms.
 */
export class Parking {
  readonly #parked = new Map<PortKey, Parked>()

  /** @param runningShape the shape of what is served at this port now, if anything is: it goes on */
  park(route: Route, refusal: Refusal, now: number, runningShape?: string): void {
    const before = this.#parked.get(route.key)
    const tries = before && before.route === route ? before.tries + 1 : 1
    const { first, longest } = RETRY[refusal.code] ?? RETRY_OTHERS
    const pause = Math.min(first * 2 ** (tries - 1), longest)
    const instead = runningShape === undefined ? undefined : inShape(route, runningShape)
    this.#parked.set(route.key, { route, instead, refusal, until: now + pause, tries })
  }

  /** The route is served now. */
  clear(key: PortKey): void {
    this.#parked.delete(key)
  }

  /** Why this very route is not served. */
  refusal(route: Route | undefined): Refusal | undefined {
    const parked = route && this.#parked.get(route.key)
    return parked && parked.route === route ? parked.refusal : undefined
  }

  /** `routes` without those that wait, or as they run meanwhile. */
  without(routes: Routes, now: number): Routes {
    if (this.#parked.size === 0) return routes
    const rest = new Map(routes)
    for (const [key, { route, instead, until }] of this.#parked) {
      if (routes.get(key) !== route || until <= now) continue
      if (instead) rest.set(key, instead)
      else rest.delete(key)
    }
    return rest
  }

  /** When the next one is to be tried, ms; undefined when none waits. */
  next(): number | undefined {
    let next: number | undefined
    for (const { until } of this.#parked.values()) next = Math.min(next ?? until, until)
    return next
  }

  /** Drops what was to be tried again and is not among the changes that are left: it is served by now. */
  reconsider(changed: ReadonlySet<PortKey>, now: number): void {
    for (const [key, { until }] of this.#parked)
      if (until <= now && !changed.has(key)) this.#parked.delete(key)
  }

  /** Drops what is not wanted any more. */
  retain(routes: Routes): void {
    for (const [key, { route }] of this.#parked) if (routes.get(key) !== route) this.#parked.delete(key)
  }
}
