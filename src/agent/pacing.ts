import { isChecking, type Standing, standingOf, type Verdict } from './verdict.ts'

/** Milliseconds until the first call after one that failed; it doubles up to the interval. */
const FIRST_RETRY = 500

/** The same where the claims are live and a backend's first health check is still under way. */
const FIRST_LOOK = 1_000

/** Jitter of the regular calls: phones that began together drift apart. */
const JITTER = 0.1

/** Longest that an edge can ask for with Retry-After, in milliseconds. */
const LONGEST_RETRY_AFTER = 300_000

/** What the next pause depends on: the same course goes on at growing pauses. */
export type Course = Standing | 'checking'

export function courseOf(verdict: Verdict): Course {
  const standing = standingOf(verdict)
  return standing === 'live' && isChecking(verdict) ? 'checking' : standing
}

/**
 * Milliseconds until the next call.
 *
 *     course    pause
 *     --------  ----------------------------------------------------------
 *     live      the interval, 10 % more or less
 *     hopeless  the same: somebody may mend it at the edge
 *     checking  1 s, 2 s, 4 s ... up to the interval
 *     waiting   0.5 s, 1 s, 2 s ... up to the interval, half of it by chance
 *     broken    the same: all phones of an edge that restarts lose it at once
 *
 * @param times how often the same course was met in a row, from 1.
 * @param random from 0 to 1.
 */
export function pauseOf(course: Course | 'broken', times: number, interval: number, random: number): number {
  switch (course) {
    case 'live':
    case 'hopeless':
      return interval * (1 - JITTER + 2 * JITTER * random)
    case 'checking':
      return growing(FIRST_LOOK, times, interval)
    case 'waiting':
    case 'broken':
      return growing(FIRST_RETRY, times, interval) * (0.5 + 0.5 * random)
  }
}

/** The pause that the edge asked for, where it is the longer one. */
export function heedRetryAfter(pause: number, seconds = 0): number {
  return Math.max(pause, Math.min(seconds * 1000, LONGEST_RETRY_AFTER))
}

function growing(first: number, times: number, interval: number): number {
  return Math.min(first * 2 ** (times - 1), interval)
}
