import type { KnownLease } from './lease.ts'

/** What a candidate saw of a Lease, and when by its own clock. */
export class Observation {
  #lease: KnownLease | undefined
  #changed = 0
  #fence = 0

  /** The greatest fence that was seen, also on a Lease that is gone. */
  get fence(): number {
    return this.#fence
  }

  look(lease: KnownLease | undefined, now: number): void {
    if (lease?.resourceVersion !== this.#lease?.resourceVersion) this.#changed = now
    this.#lease = lease
    this.#fence = Math.max(this.#fence, lease?.fence ?? 0)
  }

  /** Whether nobody holds it, or its holder has not renewed it for as long as it said. */
  isOver(now: number): boolean {
    return this.left(now) <= 0
  }

  /** Milliseconds until it is over, unless it is renewed. */
  left(now: number): number {
    if (this.#lease === undefined || this.#lease.holder === '') return 0
    return Math.max(0, this.#changed + this.#lease.duration * 1000 - now)
  }
}

/**
 * The fence of a new term: a moment of the API server's clock, which goes on when the Lease is deleted, and even when the
 * cluster is made anew; and always greater than the one before. That clock is read in whole seconds: only where a Lease was
 * deleted in the very second in which it was acquired could two terms get the same.
 * @param before the greatest that is known; 0 when none is.
 * @param time milliseconds since the epoch.
 */
export function fenceOf(before: number, time: number): number {
  return Math.max(before + 1, Math.floor(time))
}
