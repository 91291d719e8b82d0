import { setTimeout as sleep } from 'node:timers/promises'

export interface UntilOptions {
  /** Milliseconds until it gives up; 10 s unless told. */
  readonly deadline?: number
  /** Milliseconds between two looks; 20 unless told. */
  readonly interval?: number
  /** For the error: "what" was waited for. */
  readonly what?: string
}

/**
 * Looks again and again until `condition` gives something other than undefined, null or false, and returns that. A
 * condition that throws counts as not yet fulfilled.
 * @throws Error at the deadline, with the condition's last error as its cause.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadline = 10_000, interval = 20, what = 'the condition' }: UntilOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const end = performance.now() + deadline
  let cause: unknown
  do {
    try {
      const value = await condition()
      if (isFulfilled(value)) return value
      cause = undefined
    } catch (error) {
      cause = error
    }
    await sleep(interval)
  } while (performance.now() < end)
  const last = cause instanceof Error ? `: ${cause.message}` : ''
  throw new Error(`${what} was not fulfilled within ${deadline} ms${last}`, { cause })
}

function isFulfilled<T>(value: T): value is Exclude<T, undefined | null | false> {
  return value !== undefined && value !== null && value !== false
}
