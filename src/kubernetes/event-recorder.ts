import { type ApiFailed, asApiFailed } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { type Clock, systemClock } from './clock.ts'
import { type EventDraft, EventSeries, type Reporter } from './event-series.ts'
import { Recent } from './recent.ts'
import { TokenBucket } from './token-bucket.ts'

/** As in Kubernetes' own programs: 25 Events of one object at once, then one in five minutes. */
const BURST = 25
const EVERY_MS = 300_000

/** Objects and series that are remembered; 200 bytes or so each, and the message. */
const REMEMBERED = 4_096

/** Events that wait for the API server. */
const MAX_WAITING = 1_000

export interface EventRecorderOptions {
  readonly api: Pick<ApiServer, 'request'>
  readonly reporter: Reporter
  /** Told of an Event that is dropped. */
  readonly onDropped: (draft: EventDraft, why: ApiFailed | 'too many wait') => void
  readonly clock?: Clock
  /** Milliseconds since the epoch, for people who read the Events. */
  readonly wallClock?: () => number
}

/** Tells people what happened to an object, beside the work: it is never waited for, and never fails. */
export class EventRecorder {
  readonly #options: EventRecorderOptions
  readonly #clock: Clock
  readonly #wallClock: () => number
  readonly #series = new Recent<EventSeries>(REMEMBERED)
  readonly #buckets = new Recent<TokenBucket>(REMEMBERED)
  readonly #waiting = new Map<EventSeries, EventDraft>()
  #onRecord = () => {}

  constructor(options: EventRecorderOptions) {
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#wallClock = options.wallClock ?? Date.now
  }

  /** What happens too often is counted, and told with the next one that is told. */
  record(draft: EventDraft): void {
    const { regarding, type, reason, message } = draft
    const key = JSON.stringify([regarding.uid, type, reason, message])
    const series = this.#series.get(key, () => new EventSeries(draft, this.#options.reporter))
    series.unsaid++
    const now = this.#clock.now()
    const bucket = this.#buckets.get(regarding.uid, () => new TokenBucket(BURST, EVERY_MS, now))
    if (this.#waiting.has(series) || !bucket.take(now)) return
    if (this.#waiting.size >= MAX_WAITING) this.#options.onDropped(draft, 'too many wait')
    else this.#waiting.set(series, draft)
    this.#onRecord()
  }

  /** Tells the API server, one Event after the other, until the signal says to stop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const recorded = Promise.withResolvers<void>()
      this.#onRecord = recorded.resolve
      for (const [series, draft] of this.#waiting) {
        if (signal.aborted) return
        this.#waiting.delete(series)
        await this.#tell(series, draft, signal)
      }
      if (this.#waiting.size === 0) await either(recorded.promise, signal)
    }
  }

  async #tell(series: EventSeries, draft: EventDraft, signal: AbortSignal): Promise<void> {
    try {
      await series.tell(this.#options.api, this.#wallClock(), signal)
    } catch (error) {
      if (!signal.aborted) this.#options.onDropped(draft, asApiFailed(error))
    }
  }
}

/** Resolves when the promise does, or the signal says so. */
async function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const { promise: done, resolve } = Promise.withResolvers<void>()
  const onAbort = () => resolve()
  signal.addEventListener('abort', onAbort)
  if (signal.aborted) resolve()
  void promise.then(resolve)
  await done
  signal.removeEventListener('abort', onAbort)
}
