import { type Backend, backendName, type PortKey, portOrder, type Route, type Routes } from '../route.ts'
import type { Change } from './change.ts'
import type { Observed, ObservedRoute } from './observed.ts'
import { shapeOf } from './shape.ts'

/**
 * What to do so that what runs becomes what is wanted, sorted by port.
 *
 *     desired  observed             change
 *     -------  -------------------  ------------------------------------------
 *     route    nothing              open
 *     route    another shape        reshape
 *     nothing  route                close
 *     backend  nothing              add-backend
 *     backend  leaving              readmit-backend
 *     nothing  ready                retire-backend
 *     nothing  leaving              (none: it is on its way)
 *
 * A route that is opened or reshaped is loaded with its backends, so those get no changes of their own.
 */
export function plan(desired: Routes, observed: Observed): Change[] {
  const byKey: Change[] = []
  // Not `for`: that makes an array of each entry, of a thousand or more with each call.
  desired.forEach((route, key) => {
    byKey.push(...planRoute(key, route, observed.routes.get(key)))
  })
  for (const key of observed.routes.keys()) if (!desired.has(key)) byKey.push({ kind: 'close', key })
  byKey.sort((a, b) => order(a) - order(b))
  return observed.foundationCurrent ? byKey : [{ kind: 'refresh-foundation' }, ...byKey]
}

/**
 * What each route was last found to be served by, with nothing left to do. Both are values that never change, so as long
 * as the same two meet there is nothing to compare: of a thousand routes only those that changed cost anything.
 */
const agreed = new WeakMap<Route, ObservedRoute>()

const NOTHING: readonly Change[] = []

function planRoute(key: PortKey, route: Route, observed: ObservedRoute | undefined): readonly Change[] {
  if (!observed) return [{ kind: 'open', key, route }]
  if (agreed.get(route) === observed) return NOTHING
  if (observed.shape !== shapeOf(route)) return [{ kind: 'reshape', key, route }]
  const changes = planBackends(key, route, observed)
  if (changes.length === 0) agreed.set(route, observed)
  return changes
}

/** Arrivals before departures, so that a backend that moves leaves no moment without one. */
function planBackends(key: PortKey, route: Route, observed: ObservedRoute): Change[] {
  const wanted = new Map<string, Backend>(route.backends.map((backend) => [backendName(backend), backend]))
  const changes: Change[] = []
  for (const [name, backend] of wanted) {
    const seen = observed.backends.get(name)
    if (!seen) changes.push({ kind: 'add-backend', key, backend, route })
    else if (seen.admission === 'leaving') changes.push({ kind: 'readmit-backend', key, name })
  }
  for (const [name, seen] of observed.backends) {
    if (!wanted.has(name) && seen.admission === 'ready') changes.push({ kind: 'retire-backend', key, name })
  }
  return changes
}

function order(change: Change): number {
  return change.kind === 'refresh-foundation' ? -1 : portOrder(change.key)
}
