import type { Observed } from '../plan/observed.ts'
import type { PortKey, Route, Routes } from '../route.ts'
import type { RuntimeChange } from './commands.ts'

/** How HAProxy's file descriptors are shared out: it refuses to start with fewer than it may need at worst. */
export interface FileBudget {
  /** Client connections at once; each takes two descriptors. */
  readonly connections: number
  /** For routes: one a listening address, one a backend. */
  readonly routes: number
}

/** HAProxy's own: pollers, pipes, sockets of its CLI, the master's; measured at 45 on 2 cores. */
const OWN = 200

/** Of the rest for connections: under a limit of 20,000 that is 3,960 of them, and 2,000 routes with three backends each. */
const CONNECTIONS_SHARE = 0.4

/** More than this and HAProxy's tables alone take memory that a small machine misses. */
const MOST_CONNECTIONS = 100_000

/**
 * Nor more of routes and their backends than this: a backend takes some 10 kB of HAProxy's memory (5,000 ports with 15,000 of them:
 * 207 MB), and during a reload two workers have them all.
 */
const MOST_FOR_ROUTES = 100_000

/**
 * @param limit Descriptors that HAProxy may open (RLIMIT_NOFILE's hard limit).
 * @param wanted Connections that the operator asks for, which leave fewer descriptors for routes.
 */
export function shareOut(limit: number, wanted?: number): FileBudget {
  const rest = Math.max(limit - OWN, 0)
  const connections = wanted ?? Math.min(Math.floor((rest * CONNECTIONS_SHARE) / 2), MOST_CONNECTIONS)
  return { connections, routes: Math.min(Math.max(rest - 2 * connections, 0), MOST_FOR_ROUTES) }
}

/** What a route takes at worst. A backend without checks takes no descriptor, but as much memory as the others: it counts too. */
function filesOf({ backends }: Route, addresses: number): number {
  return addresses + backends.length
}

/**
 * The routes that the budget has no room for. Those that run stay, then the lower ports come first.
 */
export function beyondBudget(
  routes: Routes,
  running: ReadonlyMap<PortKey, unknown>,
  addresses: number,
  budget: FileBudget,
): Set<PortKey> {
  let left = budget.routes
  const beyond = new Set<PortKey>()
  const byAge = [...routes.values()].sort(
    (a, b) => Number(running.has(b.key)) - Number(running.has(a.key)) || a.port - b.port,
  )
  for (const route of byAge) {
    const files = filesOf(route, addresses)
    if (files <= left) left -= files
    else beyond.add(route.key)
  }
  return beyond
}

/**
 * The ports to which backends are to be added at run time that the budget has no room for, in the order of `changes`. The
 * backends that leave make room at once: while they drain, HAProxy's own share is enough for a few.
 */
export function portsBeyondBudget(
  changes: readonly RuntimeChange[],
  observed: Observed,
  addresses: number,
  budget: FileBudget,
): Set<PortKey> {
  let left = budget.routes
  for (const { backends } of observed.routes.values()) {
    left -= addresses
    for (const { admission } of backends.values()) if (admission === 'ready') left -= 1
  }
  const growth = new Map<PortKey, number>()
  for (const { kind, key } of changes)
    growth.set(key, (growth.get(key) ?? 0) + (kind === 'retire-backend' ? -1 : 1))
  const beyond = new Set<PortKey>()
  // Those that shrink first: they make room for the others.
  for (const [key, files] of [...growth].sort(([, a], [, b]) => Math.min(a, 0) - Math.min(b, 0))) {
    if (files > 0 && files > left) beyond.add(key)
    else left -= files
  }
  return beyond
}
