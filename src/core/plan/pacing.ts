/**
 * When to reload, so that a burst of claims costs one reload and a single claim hardly waits. All times in ms of one
 * monotonic clock.
 */
export interface ReloadDemand {
  /** When the first change came that waits for this reload. */
  readonly first: number
  /** When the latest one came. */
  readonly latest: number
  /** When the last reload was done; undefined before the first. */
  readonly reloaded?: number | undefined
}

/** A lone claim waits this long: callers that start together arrive within a few ms of each other. */
const QUIET = 8
const LONGEST = 40

/**
 * Soon after a reload, more is likely to come (a rollout, a controller's start): wait longer, since each reload leaves
 * an old worker behind for as long as one of its connections lasts.
 */
const RECENT = 1000
const QUIET_RECENT = 60
const LONGEST_RECENT = 300

/** The moment at which to reload: after a quiet spell, but in any case a bounded time after the first demand. */
export function reloadDue({ first, latest, reloaded }: ReloadDemand): number {
  const recent = reloaded !== undefined && first - reloaded < RECENT
  const [quiet, longest] = recent ? [QUIET_RECENT, LONGEST_RECENT] : [QUIET, LONGEST]
  return Math.min(latest + quiet, first + longest)
}
