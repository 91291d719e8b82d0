import type { Log } from '../log.ts'

/** One line an address in this time, ms. */
const QUIET = 60_000

/** Addresses that are told apart. Whoever comes from more shares one line. */
const MAX_ADDRESSES = 1000

const OTHERS = 'others'

interface Tally {
  /** When the last line was written, ms. */
  told: number
  /** Since then. */
  count: number
}

/**
 * Tells the log of callers that were turned away for their token: the first time at once, then once a minute an address
 * with their number, however fast they come.
 */
export class TurnedAway {
  /** Ever. */
  total = 0
  readonly #log: Log
  readonly #now: () => number
  readonly #tallies = new Map<string, Tally>()
  #swept = 0

  /** @param now a clock that never steps, ms */
  constructor(log: Log, now: () => number) {
    this.#log = log
    this.#now = now
  }

  note(address: string): void {
    const now = this.#now()
    this.total += 1
    this.sweep(now)
    const known = this.#tallies.has(address) || this.#tallies.size < MAX_ADDRESSES
    const from = known ? address : OTHERS
    const tally = this.#tallies.get(from)
    if (tally) tally.count += 1
    else {
      this.#tallies.set(from, { told: now, count: 0 })
      this.#tell(from, 1)
    }
  }

  /** Write the lines that are due and forget who stopped. Called by `note`; call it too where nobody comes any more. */
  sweep(now = this.#now()): void {
    if (now - this.#swept < QUIET / 10) return
    this.#swept = now
    for (const [address, tally] of this.#tallies) {
      if (now - tally.told < QUIET) continue
      if (tally.count === 0) this.#tallies.delete(address)
      else {
        this.#tell(address, tally.count)
        tally.told = now
        tally.count = 0
      }
    }
  }

  #tell(address: string, count: number): void {
    this.#log.warn({ event: 'turned-away', address, count }, `${address}: turned away for its token`)
  }
}
