import { copyMap } from '../copy-map.ts'
import type { ObservedBackend, ObservedRoute } from '../plan/observed.ts'
import type { PortKey } from '../route.ts'
import { admissionOf, healthOf } from './health.ts'
import { portKeyOf } from './proxy-name.ts'
import type { ServerState } from './show-servers-state.ts'

/** What is known of a server beside its state: see `Stat`. */
export interface ServerFigures {
  readonly sessions: number
  readonly failure?: string
}

type Backends = ReadonlyMap<string, ObservedBackend>

/** `tcp-8443 192.0.2.7:30843` */
export function serverKey(proxy: string, name: string): string {
  return `${proxy} ${name}`
}

/** The backends of each of our routes. Lines of one proxy stand together, in HAProxy's order. */
export function observeBackends(
  states: readonly ServerState[],
  figures: ReadonlyMap<string, ServerFigures>,
): Map<PortKey, Map<string, ObservedBackend>> {
  const byProxy = new Map<string, Map<string, ObservedBackend>>()
  for (const state of states) {
    const backends = byProxy.get(state.proxy) ?? new Map<string, ObservedBackend>()
    backends.set(state.name, observeBackend(state, figures.get(serverKey(state.proxy, state.name))))
    byProxy.set(state.proxy, backends)
  }
  const routes = new Map<PortKey, Map<string, ObservedBackend>>()
  for (const [proxy, backends] of byProxy) {
    const key = portKeyOf(proxy)
    if (key !== undefined) routes.set(key, backends)
  }
  return routes
}

function observeBackend(state: ServerState, figures: ServerFigures | undefined): ObservedBackend {
  const health = healthOf(state)
  const reason = (health === 'down' && figures?.failure) || undefined
  return {
    name: state.name,
    admission: admissionOf(state),
    health,
    sessions: figures?.sessions ?? 0,
    ...(reason === undefined ? {} : { reason }),
  }
}

/**
 * `now`, with the very objects of `before` wherever nothing changed: whoever looks each second compares what it keeps by
 * identity, and of a thousand routes only those that changed cost anything.
 */
export function keepingSame(before: ReadonlyMap<PortKey, Backends>, now: ReadonlyMap<PortKey, Backends>) {
  const kept = new Map<PortKey, Backends>()
  for (const [key, backends] of now) {
    const old = before.get(key)
    kept.set(key, old && sameBackends(old, backends) ? old : backends)
  }
  return kept
}

function sameBackends(a: Backends, b: Backends): boolean {
  if (a.size !== b.size) return false
  for (const [name, backend] of a) {
    const other = b.get(name)
    if (!other || !sameBackend(backend, other)) return false
  }
  return true
}

function sameBackend(a: ObservedBackend, b: ObservedBackend): boolean {
  return (
    a.admission === b.admission && a.health === b.health && a.sessions === b.sessions && a.reason === b.reason
  )
}

/**
 * The routes that run: those of the ports that are open, with their shapes and backends.
 * @param shapes What was loaded for each open port; undefined where another hand loaded it.
 * @param before What this gave the last time: routes that did not change stay the objects that they were, and so does the
 * map where none did.
 */
export function observeRoutes(
  shapes: ReadonlyMap<PortKey, string | undefined>,
  backends: ReadonlyMap<PortKey, Backends>,
  before: ReadonlyMap<PortKey, ObservedRoute> = new Map(),
): ReadonlyMap<PortKey, ObservedRoute> {
  let routes: Map<PortKey, ObservedRoute> | undefined
  // Not `for`: that makes an array of each entry, of a thousand or more with each call.
  shapes.forEach((shape, key) => {
    const now = backends.get(key) ?? NO_BACKENDS
    const old = before.get(key)
    if (old && old.shape === shape && old.backends === now) return
    routes ??= copyMap(before)
    routes.set(key, { shape, backends: now })
  })
  if ((routes ?? before).size === shapes.size) return routes ?? before
  return new Map([...(routes ?? before)].filter(([key]) => shapes.has(key)))
}

const NO_BACKENDS: Backends = new Map()
