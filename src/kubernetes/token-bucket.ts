/** Lets through so many at once, and then one in so many milliseconds. */
export class TokenBucket {
  readonly #burst: number
  readonly #every: number
  #tokens: number
  #filled: number

  /** @param now in milliseconds of a clock that only goes forward, as in `take`. */
  constructor(burst: number, every: number, now: number) {
    this.#burst = burst
    this.#every = every
    this.#tokens = burst
    this.#filled = now
  }

  take(now: number): boolean {
    const fresh = Math.floor((now - this.#filled) / this.#every)
    this.#filled += fresh * this.#every
    this.#tokens = Math.min(this.#burst, this.#tokens + fresh)
    if (this.#tokens === 0) return false
    this.#tokens--
    return true
  }

  /** Milliseconds until there is another one to take; 0 where there is. To be called after `take`, of the same moment. */
  left(now: number): number {
    return this.#tokens > 0 ? 0 : Math.max(0, this.#filled + this.#every - now)
  }
}
