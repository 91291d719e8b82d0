import { ApiFailed } from '../../kubernetes/api-failed.ts'
import type { KnownLease, Lease, LeaseStore } from '../../kubernetes/lease.ts'

/** The Lease itself, whoever looks at it. */
interface Kept {
  lease: KnownLease | undefined
  version: number
}

/** A Lease in memory, for several candidates in one test, each with a way to it that can fail. */
export class MemoryLease implements LeaseStore {
  readonly #kept: Kept
  /** The store's wall clock, ms since the epoch. */
  time = 1_000_000
  /** `down`: nothing arrives. `mute`: what arrives is done, but no answer comes back. */
  state: 'up' | 'down' | 'mute' = 'up'

  constructor(kept: Kept = { lease: undefined, version: 0 }) {
    this.#kept = kept
  }

  get lease(): KnownLease | undefined {
    return this.#kept.lease
  }

  /** Another way to the same Lease. */
  another(): MemoryLease {
    return new MemoryLease(this.#kept)
  }

  remove(): void {
    this.#kept.lease = undefined
  }

  async read(signal: AbortSignal): Promise<{ lease: KnownLease | undefined; time: number }> {
    return await this.#answer(signal, () => ({ lease: this.lease, time: this.time }))
  }

  async create(lease: Lease, signal: AbortSignal): Promise<KnownLease> {
    return await this.#answer(signal, () => {
      if (this.lease) throw refused(409, 'AlreadyExists')
      return this.#put(lease)
    })
  }

  async update(known: KnownLease, lease: Lease, signal: AbortSignal): Promise<KnownLease> {
    return await this.#answer(signal, () => {
      if (!this.lease) throw refused(404, 'NotFound')
      if (this.lease.resourceVersion !== known.resourceVersion) throw refused(409, 'Conflict')
      return this.#put(lease)
    })
  }

  #put({ holder, duration, acquired, renewed, transitions, fence }: Lease): KnownLease {
    const resourceVersion = String(++this.#kept.version)
    const lease = { holder, duration, acquired, renewed, transitions, fence, resourceVersion }
    this.#kept.lease = lease
    return lease
  }

  async #answer<Result>(signal: AbortSignal, call: () => Result): Promise<Result> {
    if (signal.aborted) throw ApiFailed.stopped()
    if (this.state === 'down') throw ApiFailed.unreachable('connect ECONNREFUSED')
    const result = call()
    if (this.state === 'mute') throw ApiFailed.unreachable('socket hang up')
    return result
  }
}

function refused(status: number, reason: string): ApiFailed {
  return new ApiFailed({ status, reason, message: reason })
}
