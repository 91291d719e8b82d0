import { afterEach, beforeEach, vi } from 'vitest'

/** Every test of the file runs on a clock of its own, which goes on only while something is awaited by `meanwhile`. */
export function useFakeTime(): void {
  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
    })
  })
  afterEach(() => {
    vi.useRealTimers()
  })
}

/** Let time go on until something has come about. */
export async function meanwhile<Result>(work: Promise<Result>): Promise<Result> {
  let done = false
  const ended = work.finally(() => {
    done = true
  })
  ended.catch(() => {})
  while (!done) {
    await vi.advanceTimersByTimeAsync(5)
    await new Promise((resolve) => setImmediate(resolve))
  }
  return ended
}

/** Time passes, ms, in steps that let everything happen that is due. */
export async function pass(ms: number): Promise<void> {
  await meanwhile(new Promise((resolve) => setTimeout(resolve, ms)))
}
