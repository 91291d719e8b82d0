import type { PortKey } from '../core/route.ts'

interface Waiter {
  readonly generation: number
  pending: Set<PortKey>
  readonly resolve: () => void
}

/** Who waits for which ports, and since when: a step settles only what was wanted before the step began. */
export class SettlementQueue {
  #generation = 0
  #taken = 0
  /** Ports of which something is wanted that no step has settled, and the generation that wants it. */
  readonly #wanted = new Map<PortKey, number>()
  /** What the last step left for a later one. */
  #unsettled: ReadonlySet<PortKey> = new Set()
  #waiters: Waiter[] = []

  /** Something else is wanted of these ports from here on. */
  begin(keys: Iterable<PortKey>): void {
    this.#generation += 1
    for (const key of keys) this.#wanted.set(key, this.#generation)
  }

  /** Whether anything was wanted since the last step began. */
  get dirty(): boolean {
    return this.#generation > this.#taken
  }

  /** Whether nothing is left to do at any port. */
  get isSettled(): boolean {
    return this.#wanted.size === 0 && this.#unsettled.size === 0
  }

  /** Whether something is left to do at this port. */
  isPending(key: PortKey): boolean {
    return this.#wanted.has(key) || this.#unsettled.has(key)
  }

  /** A step begins: it settles all that was wanted until now. Returns the generation to settle. */
  take(): number {
    this.#taken = this.#generation
    return this.#taken
  }

  /** Resolves when a step that began after the last `begin` has settled all of `keys`; at once where nothing is left to do. */
  wait(keys: Iterable<PortKey>): Promise<void> {
    const pending = new Set<PortKey>()
    for (const key of keys) if (this.isPending(key)) pending.add(key)
    if (pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ generation: this.#generation, pending, resolve }))
  }

  /** Everything wanted up to `generation` is done, but for `unsettled`. */
  settle(generation: number, unsettled: ReadonlySet<PortKey>): void {
    this.#unsettled = unsettled
    for (const [key, since] of this.#wanted) {
      if (since <= generation && !unsettled.has(key)) this.#wanted.delete(key)
    }
    this.#waiters = this.#waiters.filter((waiter) => {
      if (waiter.generation > generation) return true
      waiter.pending = waiter.pending.intersection(unsettled)
      if (waiter.pending.size > 0) return true
      waiter.resolve()
      return false
    })
  }

  /** Let everybody go: what they wait for will not come about now. */
  settleAll(): void {
    this.settle(this.#generation, new Set())
  }
}
