import type { Caller } from './caller.ts'
import type { Clock } from './clock.ts'
import { type Course, courseOf, heedRetryAfter, pauseOf } from './pacing.ts'
import type { Verdict } from './verdict.ts'

export interface EdgeLineParts {
  readonly caller: Caller
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds between two calls. */
  readonly interval: number
  readonly onVerdict: (verdict: Verdict) => void
}

/** Keeps one edge called, one call at a time. */
export class EdgeLine {
  readonly #parts: EdgeLineParts
  #pause = new AbortController()
  /** A call began before something changed: its verdict is about the past. */
  #outdated = false
  #broken = false
  #breaks = 0
  #course: Course | undefined
  #times = 0

  constructor(parts: EdgeLineParts) {
    this.#parts = parts
  }

  /** Calls until `stop`; then a call under way is cut. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.#pause.abort(), { once: true })
    while (!stop.aborted) {
      this.#outdated = false
      const verdict = await this.#parts.caller.call(stop)
      if (stop.aborted) return
      if (this.#outdated) continue
      this.#parts.onVerdict(verdict)
      await this.#sleep(heedRetryAfter(this.#paceOf(verdict), verdict.retryAfter), stop)
      this.#breaks = this.#broken ? this.#breaks + 1 : 0
      if (this.#broken) await this.#sleep(this.#pauseOf('broken', this.#breaks), stop)
    }
  }

  /** This machine's address changed: call anew, from the new one. */
  addressChanged(): void {
    this.#outdated = true
    this.#parts.caller.reset()
    this.#pause.abort()
  }

  /** The connection went between two calls: the edge may have restarted, or moved. */
  connectionBroke(): void {
    // Where the last call failed, the next one is near anyway, or as far as the edge asked for.
    if (this.#course !== 'live' && this.#course !== 'checking') return
    this.#broken = true
    this.#pause.abort()
  }

  async #sleep(ms: number, stop: AbortSignal): Promise<void> {
    this.#broken = false
    this.#pause = new AbortController()
    if (!this.#outdated && !stop.aborted) await this.#parts.clock.sleep(ms, this.#pause.signal)
  }

  #paceOf(verdict: Verdict): number {
    const course = courseOf(verdict)
    this.#times = course === this.#course ? this.#times + 1 : 1
    this.#course = course
    return this.#pauseOf(course, this.#times)
  }

  #pauseOf(course: Course | 'broken', times: number): number {
    return pauseOf(course, times, this.#parts.interval, this.#parts.random())
  }
}
