import { type Backoff, pauseAfter } from '../kubernetes/backoff.ts'

/** Milliseconds until the call after one that failed; it doubles. */
const RETRY: Backoff = { first: 500, most: 15_000 }

/** The same where a claim is refused that may be live at any moment: a port that becomes free, a reload that is due. */
const LOOK_AGAIN = 2_000

/** Jitter of the regular calls. */
const JITTER = 0.1

/** Longest that an edge can ask for with Retry-After, in milliseconds. */
const LONGEST_RETRY_AFTER = 300_000

/**
 * How the last call went.
 *
 *     live     the edge has all that is wanted and serves it, or refuses some of it for good
 *     waiting  it refuses some of it for now
 *     failed   it took nothing, or did not answer
 */
export type Course =
  | { readonly kind: 'live' | 'waiting' }
  /**
   * `times` in a row, from 1. `retryAfter` in seconds, where it was asked for. With `keeps`, the document before this one is
   * kept from lapsing by each call.
   */
  | {
      readonly kind: 'failed'
      readonly times: number
      readonly retryAfter?: number
      readonly keeps?: true
    }

/**
 * Milliseconds until the next call.
 * @param interval between two calls that change nothing, ms
 * @param random from 0 to 1
 */
export function pauseFor(course: Course, interval: number, random: number): number {
  switch (course.kind) {
    case 'live':
      return interval * (1 - JITTER + 2 * JITTER * random)
    case 'waiting':
      return Math.min(LOOK_AGAIN, interval)
    case 'failed':
      return course.keeps ? Math.min(interval, retryPause(course, random)) : retryPause(course, random)
  }
}

function retryPause({ times, retryAfter = 0 }: Course & { kind: 'failed' }, random: number): number {
  return Math.max(pauseAfter(times, RETRY, random), Math.min(retryAfter * 1000, LONGEST_RETRY_AFTER))
}
