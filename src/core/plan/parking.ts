import type { ErrorCode } from '../../wire/error-codes.ts'
import type { Refusal } from '../refusal.ts'
import { backendName, type PortKey, type Route, type Routes, readPortKey } from '../route.ts'
import type { ObservedRoute } from './observed.ts'
import { inShape } from './shape.ts'

/** What is in the way at a port. */
export interface Obstacle {
  readonly key: PortKey
  /** As it is wanted; undefined where the port is to be closed. */
  readonly route: Route | undefined
  readonly refusal: Refusal
  /** What is served at this port now, if anything is: it goes on meanwhile. */
  readonly running?: ObservedRoute | undefined
  /** Whether a backend was refused, and not the settings: only those that run are served meanwhile. */
  readonly backendsRefused?: boolean
  /** Whether those are another owner's settings: whom he let in is not for this one to let in. */
  readonly isStrangers?: boolean
}

interface Parked {
  /** As it is wanted; undefined where the port is to be closed. */
  readonly route: Route | undefined
  /** What to serve meanwhile: the settings that run, with the backends that are wanted, or with those of them that run. */
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
 * What the data plane refused to do at a port, or what has to wait, kept out of the plan until it is time to try (again).
 * What is parked is a route as it was wanted, or that none was: once anything else is wanted at its port, it counts no
 * more. Times in ms.
 */
export class Parking {
  readonly #parked = new Map<PortKey, Parked>()

  /** The data plane refused it. */
  park(obstacle: Obstacle, now: number): void {
    const { key, route, refusal } = obstacle
    const before = this.#parked.get(key)
    const tries = before && before.route === route ? before.tries + 1 : 1
    const { first, longest } = RETRY[refusal.code] ?? RETRY_OTHERS
    const pause = Math.min(first * 2 ** (tries - 1), longest)
    this.#parked.set(key, { route, refusal, instead: standIn(obstacle), until: now + pause, tries })
  }

  /** It was not tried: it has to wait until then. */
  holdBack(obstacle: Obstacle, until: number): void {
    const { key, route, refusal } = obstacle
    this.#parked.set(key, { route, refusal, instead: standIn(obstacle), until, tries: 0 })
  }

  /** The route is served now. */
  clear(key: PortKey): void {
    this.#parked.delete(key)
  }

  /** Why this very route is not served, or why the port is still open where none is wanted. */
  refusal(key: PortKey, route: Route | undefined): Refusal | undefined {
    const parked = this.#parked.get(key)
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

  /** Drops what was to be tried again and is not among the changes that are left: it is served by now. Gives its ports. */
  reconsider(changed: ReadonlySet<PortKey>, now: number): ReadonlySet<PortKey> {
    const served = new Set<PortKey>()
    for (const [key, { until }] of this.#parked) if (until <= now && !changed.has(key)) served.add(key)
    for (const key of served) this.#parked.delete(key)
    return served
  }

  /** Drops what is wanted otherwise by now. */
  retain(routes: Routes): void {
    for (const [key, { route }] of this.#parked) if (routes.get(key) !== route) this.#parked.delete(key)
  }
}

/** A port that is to be closed stays open, and forwards nothing; and so does one with another owner's settings. */
function standIn({ key, route, running, isStrangers, backendsRefused }: Obstacle): Route | undefined {
  if (running?.shape === undefined) return undefined
  const instead = inShape(route && !isStrangers ? route : closing(key), running.shape)
  if (!backendsRefused) return instead
  const backends = instead.backends.filter((backend) => running.backends.has(backendName(backend)))
  return { ...instead, backends }
}

function closing(key: PortKey): Route {
  const { protocol, port } = readPortKey(key)
  return { key, protocol, port, owner: '', author: '', check: { type: 'none' }, backends: [] }
}
