import type { ApiFailed } from './api-failed.ts'
import { pauseAfter } from './backoff.ts'

/** Attempts of a call, the first one included. */
export const ATTEMPTS = 5

const BACKOFF = { first: 250, most: 8_000 } as const

/** Longest that an API server can ask for with Retry-After, in milliseconds. */
const LONGEST_RETRY_AFTER = 30_000

/**
 * Milliseconds until a call that failed is made again; undefined where it is not.
 *
 *     answer          again
 *     --------------  ---------------------------------------------------------------------
 *     429             always: it was turned away unread
 *     500, 503, 504   what can be repeated, and whatever the API server asks for by Retry-After
 *     none            what can be repeated: nobody knows whether it was done
 *     others          never
 *
 * @param repeatable whether it does no harm to do it twice.
 * @param attempt which one failed, from 1.
 * @param random from 0 to 1.
 */
export function retryPause(
  failure: ApiFailed,
  repeatable: boolean,
  attempt: number,
  random: number,
): number | undefined {
  if (!isTransient(failure, repeatable)) return undefined
  const asked = Math.min((failure.retryAfter ?? 0) * 1000, LONGEST_RETRY_AFTER)
  const pause = pauseAfter(attempt, BACKOFF, random)
  // Those who were told the same second come a little apart.
  return asked > 0 ? asked + Math.min(pause, asked) : pause
}

function isTransient({ status, reason, retryAfter }: ApiFailed, repeatable: boolean): boolean {
  if (status === 429) return true
  if (status === 500 || status === 503 || status === 504) return repeatable || retryAfter !== undefined
  return reason === 'Unreachable' && repeatable
}
