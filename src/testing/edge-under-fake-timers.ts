import { afterEach, beforeEach, vi } from 'vitest'
import { RequestRefused } from '../edge/request-refused.ts'
import { EdgeInMemory } from './edge-in-memory.ts'

/** The timers of this file's tests go on only under `meanwhile` and `pass`. */
export function underFakeTimers(): void {
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

/** An edge that has started. */
export async function started(subject = new EdgeInMemory()): Promise<EdgeInMemory> {
  await meanwhile(subject.edge.start())
  return subject
}

/** Seconds pass, in steps that let every look happen. */
export async function pass(ms: number): Promise<void> {
  await meanwhile(new Promise((resolve) => setTimeout(resolve, ms)))
}

/** The code with which it is refused, or `none`. */
export async function codeOf(act: () => unknown): Promise<string> {
  try {
    await meanwhile(Promise.resolve().then(act))
    return 'none'
  } catch (error) {
    if (error instanceof RequestRefused) return error.code
    return error instanceof Error ? error.name : 'unknown'
  }
}

export const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ address: '10.0.0.1', port: 30843 }] }
export const document = { claims: [claim] }
export const otherOwner = { claims: [{ ...claim, owner: 'web/nginx' }] }
export const EVERYTHING = { role: 'admin' as const }
export const NODE = '10.0.0.1:30843'
