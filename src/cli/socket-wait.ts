import { setTimeout as sleep } from 'node:timers/promises'

/** Milliseconds that a command waits for the socket of this machine's edge: one that was just started has none yet. */
export const SOCKET_WAIT = 15_000

/** Milliseconds between two attempts. */
const PAUSE = 100

/**
 * Makes the attempt until somebody listens on the socket, for at most `wait` milliseconds. Nothing was sent by an attempt
 * that found nobody, so that it may be made again whatever it asks for.
 * @throws whatever the last attempt threw
 */
export async function onceListening<T>(
  attempt: () => Promise<T>,
  wait: number,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + wait
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      if (!isNobodyThere(error) || performance.now() >= deadline) throw error
      await sleep(PAUSE, undefined, signal && { signal })
    }
  }
}

/** No socket, or one that an edge which has ended left behind. */
function isNobodyThere(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined
  return (
    cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ECONNREFUSED')
  )
}
