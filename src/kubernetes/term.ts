import type { Clock } from './clock.ts'
import type { KnownLease } from './lease.ts'

/** What one who leads gets. */
export interface Leading {
  readonly fence: number
  /** Says when the term is over. */
  readonly signal: AbortSignal
}

/** The time for which one candidate leads. It is over at its deadline unless that is put off, and then for good. */
export class Term {
  readonly #clock: Clock
  readonly #end = new AbortController()
  readonly fence: number
  lease: KnownLease
  #deadline: number

  /** @param deadline in the clock's milliseconds. */
  constructor(clock: Clock, lease: KnownLease, deadline: number) {
    this.#clock = clock
    this.fence = lease.fence
    this.lease = lease
    this.#deadline = deadline
  }

  get signal(): AbortSignal {
    return this.#end.signal
  }

  get isOn(): boolean {
    return !this.#end.signal.aborted && this.#clock.now() < this.#deadline
  }

  /** It was renewed. What comes after the deadline is too late. */
  extend(lease: KnownLease, deadline: number): void {
    this.lease = lease
    if (this.isOn) this.#deadline = deadline
  }

  end(): void {
    this.#end.abort()
  }

  /** Ends it at the deadline, however often that is put off; resolves when it is over. */
  async endAtDeadline(): Promise<void> {
    while (this.isOn) await this.#clock.sleep(this.#deadline - this.#clock.now(), this.signal)
    this.end()
  }
}
