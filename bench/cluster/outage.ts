import type { Caller } from '../../src/testing/kubernetes/caller.ts'

/** What clients felt of a failure. */
export interface Outage {
  /** Milliseconds until the last connection began that failed. */
  readonly lasted: number
  /** The same of the last one that was slow: it was tried at a dead node first. */
  readonly felt: number
  readonly failed: number
}

/** Milliseconds: an answer takes a few, and HAProxy tries another node 750 later. */
const SLOW = 500

/** For how long clients are watched, ms. */
const WATCHED = 10_000

/** What became of the connections from `since` (ms since the epoch) on; waits for as long as they are watched. */
export async function outageSince(caller: Caller, since: number): Promise<Outage> {
  while (Date.now() < since + WATCHED) await caller.more(10)
  const calls = (await caller.finish()).filter(({ at }) => at >= since)
  const last = (some: readonly { at: number }[]) => Math.max(0, ...some.map(({ at }) => at - since))
  const failed = calls.filter((call) => call.failed !== undefined)
  const slow = calls.filter(({ took }) => took > SLOW)
  return { lasted: last(failed), felt: last([...failed, ...slow]), failed: failed.length }
}
