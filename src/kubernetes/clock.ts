import { setTimeout as sleep } from 'node:timers/promises'

/** Time that only goes forward: what people set their clocks to does not matter to anything that is decided here. */
export interface Clock {
  /** Milliseconds since some moment. */
  now(): number
  /** Resolves after `ms` milliseconds, or as soon as the signal says so. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
}
