/**
 * Edge time: how many milliseconds this edge's daemon has been running, ever. Leases and holds are measured in it, so
 * neither the time that the daemon was down nor a step of the wall clock counts against anybody. It goes on from where
 * it was last stored; what passed since then is not counted, which only ever gives a phone more time.
 */
export class EdgeClock {
  readonly #stored: number
  readonly #monotonic: () => number
  readonly #start: number

  /**
   * @param stored edge time when the daemon last wrote it, ms
   * @param monotonic a clock that never steps, ms: `performance.now`
   */
  constructor(stored: number, monotonic: () => number) {
    this.#stored = stored
    this.#monotonic = monotonic
    this.#start = monotonic()
  }

  /** Edge time now, ms, whole. */
  now(): number {
    return this.#stored + Math.floor(this.#monotonic() - this.#start)
  }
}
