/** So many claims that came, went or moved leave memory behind that is worth some 10 ms to get back. */
const MUCH = 1_000

/** For so long nothing must have changed, ms: nobody's call should wait for it. */
const QUIET = 5_000

/**
 * Gives back the memory that a great change took, once all is quiet. V8 keeps what a large document took in a pool of free
 * pages (6 MB after 2,000 routes, 13 MB after 10,000 claims), and lets it go only in collections of its memory reducer,
 * which in Node 24 never begin: they wait for a low rate of allocations on the heap of C++ objects, and V8 13.6 takes a
 * rate of none for a high one. So they are asked for.
 */
export class SpareMemory {
  readonly #collect: () => void
  #changed = 0
  #timer: NodeJS.Timeout | undefined

  /** @param collect Frees all that can be freed. It may block: 50 to 100 ms with 10,000 claims. */
  constructor(collect: () => void) {
    this.#collect = collect
  }

  /** So many claims came, went or moved. */
  changed(claims: number): void {
    this.#changed += claims
    if (this.#changed < MUCH) return
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#giveBack(), QUIET).unref()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #giveBack(): void {
    this.#changed = 0
    this.#collect()
  }
}

/** A whole collection of garbage, where the program was started with `--expose-gc`, as bin/homeport starts it. */
export function collectGarbage(): void {
  globalThis.gc?.({ type: 'major', flavor: 'last-resort' })
}
