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
  const cut = new AbortController()
  const onAbort = () => cut.abort()
  let late = false
  const timer = setTimeout(() => {
    late = true
    cut.abort()
  }, timeout)
  // Not AbortSignal.any: that would hang one more signal on the caller's, which may live for weeks, with each call.
  signal.addEventListener('abort', onAbort)
  try {
    return await work(cut.signal)
  } catch (error) {
    if (late) throw ApiFailed.unreachable(`no answer within ${timeout / 1000} s`, error)
    throw error
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', onAbort)
  }
}
