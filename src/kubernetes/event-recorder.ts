import { type ApiFailed, asApiFailed } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { type Clock, systemClock } from './clock.ts'
import { EventQueue, type Waiting } from './event-queue.ts'
import { type EventDraft, EventSeries, type Reporter } from './event-series.ts'
import { Recent } from './recent.ts'
import { TokenBucket } from './token-bucket.ts'

/** As in Kubernetes' own programs: 25 Events of one object at once, then one in five minutes. */
const BURST = 25
const EVERY_MS = 300_000

/** Objects and series that are remembered; 200 bytes or so each, and the message. */
const REMEMBERED = 4_096

/** Events that wait for the API server, 1 kB each at most: thousands of Services may come at once, with one each. */
const MAX_WAITING = 10_000

/** Events that are told at once: one after the other, they would be slower than those who write statuses. */
const SENDERS = 4

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
  readonly #queue = new EventQueue(MAX_WAITING)

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
    if (this.#queue.has(series) || !bucket.take(now)) return
    const dropped = this.#queue.add(series, draft)
    if (dropped) this.#options.onDropped(dropped, 'too many wait')
  }

  /** Tells the API server until the signal says to stop. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(Array.from({ length: SENDERS }, () => this.#send(signal)))
  }

  async #send(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const next = this.#queue.take()
      if (next) await this.#tell(next, signal)
      else await either(this.#queue.changed(), signal)
    }
  }

  async #tell({ series, draft }: Waiting, signal: AbortSignal): Promise<void> {
    try {
      await series.tell(this.#options.api, this.#wallClock(), signal)
    } catch (error) {
      if (!signal.aborted) this.#options.onDropped(draft, asApiFailed(error))
    } finally {
      this.#queue.done(series)
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
