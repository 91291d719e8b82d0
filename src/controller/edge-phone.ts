import type { Clock } from '../kubernetes/clock.ts'
import type { RefusalReport } from '../phone-line/refusal.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { type Course, pauseFor } from './call-pacing.ts'
import type { DocumentLine, Taken } from './document-line.ts'
import type { Failed } from './edge-line.ts'
import type { Wanted } from './wanted.ts'

/** What an edge made of the document that was sent to it last. */
export type EdgeOutcome =
  /** Its word on every claim, in the order in which they were sent. */
  | { readonly kind: 'answered'; readonly taken: Taken }
  /** It took nothing, or did not answer: what it holds stays as it was, and does not lapse where it `keeps` that. */
  | { readonly kind: 'failed'; readonly refusal: RefusalReport; readonly keeps?: true }

export interface EdgePhoneParts {
  readonly line: Pick<DocumentLine, 'put' | 'renew' | 'keep' | 'recall'>
  readonly clock: Clock
  /** From 0 to 1. */
  readonly random: () => number
  /** Milliseconds between two calls that change nothing. */
  readonly interval: number
  /** Told of a document that is about to be put. */
  readonly onPut: (wanted: Wanted) => void
  /** Told of every call that says something else than the one before. */
  readonly onOutcome: (outcome: EdgeOutcome) => void
  /** Told what the edge holds, once, before anything is put there: what is wanted by it then is. */
  readonly onRecalled: (claims: readonly ClaimRequest[]) => void
}

/** Changes that come within this, ms, go into one call: a rollout changes many Services at once. */
const GATHER = 20

/** Keeps one edge told of what is wanted: whole when it changed, by its digest while it did not, one call at a time. */
export class EdgePhone {
  readonly #parts: EdgePhoneParts
  #wanted: Wanted | undefined
  #taken: Taken | undefined
  #isToRecall = true
  /** The digest of what the edge held at first. */
  #recalled = ''
  #failures = 0
  #pause = new AbortController()

  constructor(parts: EdgePhoneParts) {
    this.#parts = parts
  }

  /** Want this from now on. */
  want(wanted: Wanted): void {
    this.#wanted = wanted
    // An edge that fails is not called the more often the more there is to tell.
    if (this.#failures === 0) this.#pause.abort()
  }

  /** Calls until `stop`; then a call under way is cut. What the edge holds lapses by itself, or a successor renews it. */
  async run(stop: AbortSignal): Promise<void> {
    stop.addEventListener('abort', () => this.#pause.abort(), { once: true })
    while (!stop.aborted) {
      const { clock, interval, random } = this.#parts
      const course = await this.#call(stop)
      if (stop.aborted) return
      await this.#sleep(pauseFor(course, interval, random()), course)
      if (this.#isBehind) await clock.sleep(GATHER, stop)
    }
  }

  get #isBehind(): boolean {
    return this.#wanted !== this.#taken?.wanted
  }

  async #sleep(ms: number, course: Course): Promise<void> {
    // What came during the call does not wait.
    if (course.kind !== 'failed' && this.#isBehind) return
    this.#pause = new AbortController()
    await this.#parts.clock.sleep(ms, this.#pause.signal)
  }

  async #call(stop: AbortSignal): Promise<Course> {
    if (this.#isToRecall && this.#wanted) {
      const held = await this.#parts.line.recall(stop)
      if ('refusal' in held) return this.#fail(held, stop)
      this.#isToRecall = false
      this.#recalled = held.digest
      this.#parts.onRecalled(held.claims)
    }
    const wanted = this.#wanted
    if (!wanted) return { kind: 'live' }
    const result = await this.#exchange(wanted, stop)
    if (!('refusal' in result)) return this.#succeed(result)
    return this.#fail(result, stop, await this.#keepFormer(stop))
  }

  /**
   * A document that does not get there, whatever is in its way, must not have the one before lapse, and all ports close with it: a
   * proxy before the edge may take small calls alone, say. Whether the edge still holds that one.
   */
  async #keepFormer(stop: AbortSignal): Promise<boolean> {
    const digest = this.#taken?.digest ?? this.#recalled
    if (digest === '' || stop.aborted) return false
    return await this.#parts.line.keep(digest, stop)
  }

  async #exchange(wanted: Wanted, stop: AbortSignal): Promise<Taken | Failed> {
    const { line } = this.#parts
    if (this.#taken?.wanted === wanted) {
      const renewed = await line.renew(this.#taken, stop)
      if (renewed !== 'stale') return renewed
    }
    this.#parts.onPut(wanted)
    return await line.put(wanted, stop)
  }

  #succeed(taken: Taken): Course {
    const isNews = taken !== this.#taken || this.#failures > 0
    this.#taken = taken
    this.#failures = 0
    if (isNews) this.#parts.onOutcome({ kind: 'answered', taken })
    const isWaiting = taken.answers.some(({ state, permanent }) => state === 'refused' && permanent !== true)
    return { kind: isWaiting ? 'waiting' : 'live' }
  }

  #fail({ refusal, retryAfter }: Failed, stop: AbortSignal, keeps = false): Course {
    this.#failures += 1
    if (!stop.aborted) this.#parts.onOutcome({ kind: 'failed', refusal, ...(keeps && { keeps }) })
    const asked = retryAfter !== undefined && { retryAfter }
    return { kind: 'failed', times: this.#failures, ...asked, ...(keeps && { keeps }) }
  }
}
