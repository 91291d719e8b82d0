import type { EventDraft, EventSeries } from './event-series.ts'

export interface Waiting {
  readonly series: EventSeries
  readonly draft: EventDraft
}

/** Events that wait to be told: warnings first, and those of one series one after the other. */
export class EventQueue {
  readonly #most: number
  readonly #warnings = new Map<EventSeries, EventDraft>()
  readonly #others = new Map<EventSeries, EventDraft>()
  /** Of which something is being told. */
  readonly #busy = new Set<EventSeries>()
  #changed = Promise.withResolvers<void>()

  /** @param most that may wait */
  constructor(most: number) {
    this.#most = most
  }

  has(series: EventSeries): boolean {
    return this.#warnings.has(series) || this.#others.has(series)
  }

  /** Gives the one for which there is no room then: this one, or for a warning the oldest that is none. */
  add(series: EventSeries, draft: EventDraft): EventDraft | undefined {
    const isWarning = draft.type === 'Warning'
    const isFull = this.#warnings.size + this.#others.size >= this.#most
    const [oldest] = isFull && isWarning ? this.#others : []
    if (isFull && !oldest) return draft
    if (oldest) this.#others.delete(oldest[0])
    const kind = isWarning ? this.#warnings : this.#others
    kind.set(series, draft)
    this.#wake()
    return oldest?.[1]
  }

  /** The next one, which has to be told `done`; undefined where none can be told now. */
  take(): Waiting | undefined {
    for (const kind of [this.#warnings, this.#others]) {
      for (const [series, draft] of kind) {
        if (this.#busy.has(series)) continue
        kind.delete(series)
        this.#busy.add(series)
        return { series, draft }
      }
    }
    return undefined
  }

  done(series: EventSeries): void {
    this.#busy.delete(series)
    this.#wake()
  }

  /** Resolves when there may be one to take that was not there. */
  changed(): Promise<void> {
    return this.#changed.promise
  }

  #wake(): void {
    this.#changed.resolve()
    this.#changed = Promise.withResolvers()
  }
}
