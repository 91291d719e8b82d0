import { type ApiFailed, asApiFailed, hasStatus } from './api-failed.ts'
import { type Clock, systemClock } from './clock.ts'
import type { Lease, LeaseStore } from './lease.ts'
import { fenceOf, Observation } from './observation.ts'
import { type Leading, Term } from './term.ts'
import { NEVER } from './within-time.ts'

export interface ElectionOptions {
  readonly store: LeaseStore
  /** No other candidate has it, and no earlier process had it: a pod's name and something random. */
  readonly identity: string
  /** Called when this one leads. It must not throw, nor may `onStopped`. */
  readonly onStarted: (term: Leading) => void
  /**
   * Called when it leads no longer: at the latest when `renewDeadline` is over since it last asked for more time with success,
   * so before anybody else can lead. The Lease is released when what it gives has resolved.
   */
  readonly onStopped: () => void | Promise<void>
  /** Told when the Lease can't be read or written; it is tried again. */
  readonly onFault?: (failure: ApiFailed) => void
  readonly clock?: Clock
  /** Milliseconds since the epoch, for people who look at the Lease. */
  readonly wallClock?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  /** Milliseconds that others wait for one that does not renew; 15 s unless told, in whole seconds. */
  readonly leaseDuration?: number
  /** Milliseconds after which one that could not renew stops leading; 10 s unless told, less than `leaseDuration`. */
  readonly renewDeadline?: number
  /** Milliseconds between two looks or renewals, and up to a fifth more by chance; 2 s unless told. */
  readonly retryPeriod?: number
}

/**
 * One of many candidates leads, by a Lease. As in Kubernetes' own programs no clock is compared with another's: a candidate
 * waits, by its own monotonic clock, until the Lease has not changed before its eyes for as long as its holder said.
 */
export class LeaderElection {
  readonly #options: ElectionOptions
  readonly #clock: Clock
  readonly #wallClock: () => number
  readonly #random: () => number
  readonly #leaseDuration: number
  readonly #renewDeadline: number
  readonly #retryPeriod: number
  readonly #seen = new Observation()
  #term: Term | undefined

  /** @throws RangeError when the times do not go together. */
  constructor(options: ElectionOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#wallClock = options.wallClock ?? Date.now
    this.#random = options.random ?? Math.random
    this.#leaseDuration = options.leaseDuration ?? 15_000
    this.#renewDeadline = options.renewDeadline ?? 10_000
    this.#retryPeriod = options.retryPeriod ?? 2_000
    if (this.#leaseDuration <= this.#renewDeadline || this.#renewDeadline <= 1.2 * this.#retryPeriod) {
      throw new RangeError(
        'a lease must last longer than the renew deadline, and that longer than the retry period',
      )
    }
  }

  /** Whether this one leads at this moment: also after a pause of the whole process in which nothing could be called. */
  get isLeader(): boolean {
    return this.#term?.isOn ?? false
  }

  /** The number of the term, while this one leads: greater than that of any term before, whoever led. */
  get fence(): number | undefined {
    return this.#term?.isOn ? this.#term.fence : undefined
  }

  /** Stands for election until the signal says to stop; then it stops leading, and resolves when the Lease is released. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const term = await this.#tried(signal, () => this.#acquire(signal))
      if (term) await this.#lead(term, signal)
      await this.#pause(signal, this.#seen.left(this.#clock.now()))
    }
  }

  /** Takes the Lease if it is free. */
  async #acquire(signal: AbortSignal): Promise<Term | undefined> {
    const { store, identity } = this.#options
    const { lease, time } = await store.read(signal)
    this.#seen.look(lease, this.#clock.now())
    if (lease && lease.holder !== identity && !this.#seen.isOver(this.#clock.now())) return undefined
    const now = this.#wallClock()
    const wanted: Lease = {
      ...this.#renewed(now),
      acquired: now,
      transitions: lease === undefined ? 0 : lease.transitions + (lease.holder === identity ? 0 : 1),
      fence: fenceOf(this.#seen.fence, Number.isNaN(time) ? now : time),
    }
    const asked = this.#clock.now()
    const taken = await (lease ? store.update(lease, wanted, signal) : store.create(wanted, signal))
    this.#seen.look(taken, this.#clock.now())
    return new Term(this.#clock, taken, asked + this.#renewDeadline)
  }

  async #lead(term: Term, signal: AbortSignal): Promise<void> {
    const stop = () => term.end()
    signal.addEventListener('abort', stop)
    // It may have been stopped, or have taken too long, while it was acquiring.
    if (!signal.aborted && term.isOn) await this.#serve(term)
    signal.removeEventListener('abort', stop)
    if (signal.aborted) await this.#release(term)
  }

  async #serve(term: Term): Promise<void> {
    const { onStarted, onStopped } = this.#options
    const stopped = Promise.withResolvers<void>()
    term.signal.addEventListener('abort', () => {
      this.#term = undefined
      stopped.resolve(onStopped())
    })
    this.#term = term
    onStarted({ fence: term.fence, signal: term.signal })
    await this.#renewWhileOn(term)
    await stopped.promise
  }

  async #renewWhileOn(term: Term): Promise<void> {
    const watched = term.endAtDeadline()
    await this.#pause(term.signal)
    while (term.isOn) {
      await this.#tried(term.signal, () => this.#renew(term))
      await this.#pause(term.signal)
    }
    term.end()
    await watched
  }

  async #renew(term: Term): Promise<void> {
    const { store, identity } = this.#options
    const asked = this.#clock.now()
    const wanted = { ...term.lease, ...this.#renewed(this.#wallClock()) }
    try {
      term.extend(await store.update(term.lease, wanted, term.signal), asked + this.#renewDeadline)
    } catch (error) {
      if (hasStatus(error, 404)) {
        term.extend(await store.create(wanted, term.signal), asked + this.#renewDeadline)
        return
      }
      if (!hasStatus(error, 409)) throw error
      // An answer of before that was lost, or somebody else.
      const { lease } = await store.read(term.signal)
      if (lease?.holder === identity && lease.fence === term.fence) term.lease = lease
      else term.end()
    }
  }

  /** So that the next one need not wait. What is there is read first: a renewal may have been given up half-way. */
  async #release({ fence }: Term): Promise<void> {
    const { store, identity } = this.#options
    const now = this.#wallClock()
    await this.#tried(NEVER, async () => {
      const { lease } = await store.read(NEVER)
      if (lease?.holder !== identity || lease.fence !== fence) return
      await store.update(lease, { ...lease, holder: '', duration: 1, acquired: now, renewed: now }, NEVER)
    })
  }

  #renewed(now: number): Pick<Lease, 'holder' | 'duration' | 'renewed'> {
    return {
      holder: this.#options.identity,
      duration: Math.ceil(this.#leaseDuration / 1000),
      renewed: now,
    }
  }

  /** What went wrong is told, unless it was given up or another one was faster. */
  async #tried<Result>(signal: AbortSignal, attempt: () => Promise<Result>): Promise<Result | undefined> {
    try {
      return await attempt()
    } catch (error) {
      if (!signal.aborted && !hasStatus(error, 409)) this.#options.onFault?.(asApiFailed(error))
      return undefined
    }
  }

  /** @param left milliseconds until the Lease may be free, which is not slept over; 0 where that is not known. */
  async #pause(signal: AbortSignal, left = 0): Promise<void> {
    const pause = this.#retryPeriod * (1 + 0.2 * this.#random())
    await this.#clock.sleep(left > 0 ? Math.min(left, pause) : pause, signal)
  }
}
