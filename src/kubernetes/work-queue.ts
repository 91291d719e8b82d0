import { type Backoff, pauseAfter } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'

export interface WorkQueueOptions {
  /** Keys that are worked on at the same time; 1 unless told. */
  readonly concurrency?: number
  /** Between attempts at a key that fails; 0.5 s to 5 min unless told. */
  readonly backoff?: Backoff
  /** Told of each failure; the key is tried again by itself. `failures` counts those in a row. */
  readonly onFault?: (key: string, error: unknown, failures: number) => void
  readonly clock?: Clock
  /** From 0 to 1. */
  readonly random?: () => number
}

/** Works on one key. What it throws has the key worked on again, later and later. */
export type Work = (key: string, signal: AbortSignal) => Promise<void>

/**
 * Keys to work on. One is there only once however often it is added, and is never worked on twice at the same time: added
 * meanwhile, it comes again afterwards.
 */
export class WorkQueue {
  readonly #options: WorkQueueOptions
  readonly #clock: Clock
  readonly #random: () => number
  readonly #ready = new Set<string>()
  readonly #working = new Set<string>()
  readonly #again = new Set<string>()
  readonly #delayed = new Map<string, Delay>()
  readonly #failures = new Map<string, number>()
  #onReady = () => {}

  constructor(options: WorkQueueOptions = {}) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
  }

  /** Keys that are ready, and not yet worked on. */
  get length(): number {
    return this.#ready.size
  }

  /** To be worked on now. Its failures stay counted. */
  add(key: string): void {
    this.#cancelDelay(key)
    if (this.#working.has(key)) this.#again.add(key)
    else this.#ready.add(key)
    this.#onReady()
  }

  /** To be worked on in `ms` milliseconds, if it is not due before anyway. */
  addAfter(key: string, ms: number): void {
    if (this.#ready.has(key)) return
    const at = this.#clock.now() + ms
    const delay = this.#delayed.get(key)
    if (delay && delay.at <= at) return
    delay?.cancel.abort()
    const cancel = new AbortController()
    this.#delayed.set(key, { at, cancel })
    void this.#clock.sleep(ms, cancel.signal).then(() => {
      if (!cancel.signal.aborted) this.add(key)
    })
  }

  /** Works on what is there and what comes, until the signal says to stop; resolves when nothing is being worked on. */
  async run(work: Work, signal: AbortSignal): Promise<void> {
    const { concurrency = 1 } = this.#options
    const running = new Set<Promise<void>>()
    const start = () => {
      // Counted by what is being worked on: work may add keys before it first waits, and so start the next from within.
      while (!signal.aborted && this.#working.size < concurrency) {
        const [key] = this.#ready
        if (key === undefined) return
        const attempt = this.#attempt(key, work, signal).then(() => {
          running.delete(attempt)
          start()
        })
        running.add(attempt)
      }
    }
    this.#onReady = start
    start()
    await aborted(signal)
    for (const key of [...this.#delayed.keys()]) this.#cancelDelay(key)
    await Promise.all(running)
  }

  async #attempt(key: string, work: Work, signal: AbortSignal): Promise<void> {
    this.#ready.delete(key)
    this.#working.add(key)
    try {
      await work(key, signal)
      this.#failures.delete(key)
      this.#working.delete(key)
    } catch (error) {
      this.#working.delete(key)
      if (!signal.aborted) this.#fail(key, error)
    }
    if (this.#again.delete(key)) this.add(key)
  }

  #fail(key: string, error: unknown): void {
    const { backoff = BACKOFF, onFault } = this.#options
    const failures = (this.#failures.get(key) ?? 0) + 1
    this.#failures.set(key, failures)
    onFault?.(key, error, failures)
    this.addAfter(key, pauseAfter(failures, backoff, this.#random()))
  }

  #cancelDelay(key: string): void {
    this.#delayed.get(key)?.cancel.abort()
    this.#delayed.delete(key)
  }
}

const BACKOFF: Backoff = { first: 500, most: 300_000 }

interface Delay {
  /** In the clock's milliseconds. */
  readonly at: number
  readonly cancel: AbortController
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
