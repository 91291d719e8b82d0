/**
 * Ends what takes longer than `timeout` ms, and what the caller's signal gives up.
 * @throws What `late` makes of the error of what took too long; any other error as it is.
 */
export async function withTimeLimit<Result>(
  { timeout, signal }: { readonly timeout: number; readonly signal: AbortSignal | undefined },
  work: (signal: AbortSignal) => Promise<Result>,
  late: (error: unknown) => Error,
): Promise<Result> {
  const cut = new AbortController()
  const onAbort = () => cut.abort()
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    cut.abort()
  }, timeout)
  // Not AbortSignal.any: that would hang one more signal on the caller's, which may live for weeks, with each call.
  signal?.addEventListener('abort', onAbort)
  if (signal?.aborted) cut.abort()
  try {
    return await work(cut.signal)
  } catch (error) {
    throw isLate ? late(error) : error
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}
