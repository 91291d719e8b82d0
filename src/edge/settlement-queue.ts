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
  /** What the last step left: it may have ended before anybody came to wait for it. */
  #last: { readonly generation: number; readonly unsettled: ReadonlySet<PortKey> } | undefined
  #waiters: Waiter[] = []

  /** Something else is wanted from here on. */
  begin(): void {
    this.#generation += 1
  }

  /** Whether anything was wanted since the last step began. */
  get dirty(): boolean {
    return this.#generation > this.#taken
  }

  /** A step begins: it settles all that was wanted until now. Returns the generation to settle. */
  take(): number {
    this.#taken = this.#generation
    return this.#taken
  }

  /** Resolves when a step that began after the last `begin` has settled all of `keys`. */
  wait(keys: Iterable<PortKey>): Promise<void> {
    let pending = new Set(keys)
    if (this.#last?.generation === this.#generation) pending = pending.intersection(this.#last.unsettled)
    if (pending.size === 0) return Promise.resolve()
    return new Promise((resolve) => this.#waiters.push({ generation: this.#generation, pending, resolve }))
  }

  /** Everything wanted up to `generation` is done, but for `unsettled`. */
  settle(generation: number, unsettled: ReadonlySet<PortKey>): void {
    this.#last = { generation, unsettled }
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
