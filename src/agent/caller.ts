import type { Verdict } from './verdict.ts'

/**
 * What came of giving up. `replaced`: the edge holds what another has put in the place of it, and that was left alone.
 * A verdict: why it was not done.
 */
export type Release = 'released' | 'replaced' | Verdict

/** One way of making the call to one edge. */
export interface Caller {
  /** Claim everything, or renew it. Never throws: what goes wrong is a verdict too. */
  call(signal: AbortSignal): Promise<Verdict>
  /** Give everything up. Never throws. */
  release(signal: AbortSignal): Promise<Release>
  /** Cut the connection, and a call that is under way with it: the next call makes a new one. */
  reset(): void
  close(): void
}
