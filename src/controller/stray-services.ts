import type { ServiceKey } from '../core/kubernetes/objects.ts'

/** Milliseconds in which another controller would say something of a Service of its own. */
const STRAY_AFTER = 30_000

/** Services of an edge that is not ours, of which nobody has said anything, and since when. */
export class StrayServices {
  readonly #now: () => number
  readonly #since = new Map<ServiceKey, number>()
  readonly #told = new Set<ServiceKey>()

  /** @param now a clock that never steps, ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Milliseconds until its user is to be told: 0 means now, and that it is told by that; undefined where it was told before. */
  left(key: ServiceKey): number | undefined {
    if (this.#told.has(key)) return undefined
    const since = this.#since.get(key) ?? this.#now()
    this.#since.set(key, since)
    const left = Math.max(0, since + STRAY_AFTER - this.#now())
    if (left === 0) this.#told.add(key)
    return left
  }

  /** It is gone, or is none. */
  forget(key: ServiceKey): void {
    this.#since.delete(key)
    this.#told.delete(key)
  }
}
