import { withTimeLimit } from '../http/time-limit.ts'
import { ApiFailed } from './api-failed.ts'

/** Milliseconds for one attempt, until its answer is read. */
const TIMEOUT_MS = 30_000

/** A signal that says nothing, ever. */
export const NEVER = new AbortController().signal

/** How long something may take, and who may give it up before. */
export interface Bounds {
  /** Milliseconds; 30 s unless told. */
  readonly timeout?: number
  readonly signal?: AbortSignal
}

/** Ends what takes longer than the request's timeout, and what its signal gives up. */
export async function withinTime<Result>(
  { timeout = TIMEOUT_MS, signal = NEVER }: Bounds,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  if (signal.aborted) throw ApiFailed.stopped()
  const late = (error: unknown) => ApiFailed.unreachable(`no answer within ${timeout / 1000} s`, error)
  return await withTimeLimit({ timeout, signal }, work, late)
}
