import type { Fate } from './outcome.ts'

/** Milliseconds that something has to last before a Service's users are told, where it may well pass by itself. */
export const PATIENCE = 10_000

/** An edge's own troubles that pass by themselves: while HAProxy restarts, say, every claim is refused for a second. */
const PASSING: ReadonlySet<string> = new Set([
  'haproxy-unavailable',
  'storage-failed',
  'reload-delayed',
  'edge-stopping',
])

/** What an edge says of a claim, and what it said before the trouble that it is in. */
export interface Word {
  readonly said: Fate
  /** The same as `said` where there is no trouble. */
  readonly before: Fate
  /** Milliseconds, by a clock that never steps: since when there is trouble, or none. */
  readonly since: number
}

/** The edge speaks of a claim of which it may have spoken `earlier`. */
export function hear(earlier: Word | undefined, said: Fate, now: number): Word {
  if (!mayPass(said)) return { said, before: said, since: now }
  // One trouble after another is one trouble.
  if (earlier && mayPass(earlier.said)) return { said, before: earlier.before, since: earlier.since }
  return { said, before: earlier?.said ?? atFirst(said), since: now }
}

/** What is to be told of it now. */
export function told(word: Word, now: number): Fate {
  return patienceLeft(word, now) > 0 ? word.before : word.said
}

/** Milliseconds until something else is to be told, unless the edge speaks before; 0 where nothing is. */
export function patienceLeft({ said, since }: Word, now: number): number {
  return mayPass(said) ? Math.max(0, since + PATIENCE - now) : 0
}

function mayPass(fate: Fate): boolean {
  return fate.state === 'live' ? fate.down !== undefined : fate.state === 'refused' && PASSING.has(fate.code)
}

/** A port that opens before its backends are known to be well is live; of one that is refused nothing is known yet. */
function atFirst(said: Fate): Fate {
  return said.state === 'live' ? { state: 'live' } : { state: 'unknown' }
}
