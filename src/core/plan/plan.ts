import { type Backend, backendName, type PortKey, type Route, type Routes } from '../route.ts'
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
  const changes: Change[] = observed.foundationCurrent ? [] : [{ kind: 'refresh-foundation' }]
  const keys = new Set<PortKey>([...desired.keys(), ...observed.routes.keys()])
  const byKey: Change[] = []
  for (const key of keys) byKey.push(...planRoute(key, desired.get(key), observed.routes.get(key)))
  byKey.sort((a, b) => order(a) - order(b))
  return [...changes, ...byKey]
}

function planRoute(key: PortKey, route: Route | undefined, observed: ObservedRoute | undefined): Change[] {
  if (!route) return observed ? [{ kind: 'close', key }] : []
  if (!observed) return [{ kind: 'open', key, route }]
  if (observed.shape !== shapeOf(route)) return [{ kind: 'reshape', key, route }]
  return planBackends(key, route, observed)
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
  if (change.kind === 'refresh-foundation') return -1
  const [protocol, port] = change.key.split('/')
  return Number(port) * 2 + (protocol === 'udp' ? 1 : 0)
}
