import type { EventView } from '../wire/views.ts'

type Listener = (event: EventView) => void

/** What happened of late, for whoever follows: a bounded list, and listeners. */
export class EventStream {
  readonly #recent: EventView[] = []
  readonly #listeners = new Set<Listener>()
  readonly #capacity: number
  readonly #wallClock: () => number
  #lastId = 0

  /**
   * @param wallClock ms since the epoch
   * @param capacity how many past events are kept for those who come back
   */
  constructor(wallClock: () => number, capacity = 1000) {
    this.#wallClock = wallClock
    this.#capacity = capacity
  }

  publish(type: EventView['type'], subject: string, detail?: string): void {
    this.#lastId += 1
    const time = new Date(this.#wallClock()).toISOString()
    const event: EventView = {
      id: this.#lastId,
      time,
      type,
      subject,
      ...(detail !== undefined && { detail }),
    }
    this.#recent.push(event)
    if (this.#recent.length > this.#capacity) this.#recent.shift()
    for (const listener of this.#listeners) listener(event)
  }

  /** Calls `listener` with the kept events later than `after` (none when undefined), then with each new one. */
  follow(after: number | undefined, listener: Listener): () => void {
    if (after !== undefined) {
      // An id of before a restart is higher than any here: then everything kept is new to the caller.
      const from = after > this.#lastId ? 0 : after
      for (const event of this.#recent) if (event.id > from) listener(event)
    }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}
