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
 * The routes that run: those of the ports that are open, with their shapes and backends.
 * @param shapes What was loaded for each open port; undefined where another hand loaded it.
 */
export function observeRoutes(
  shapes: ReadonlyMap<PortKey, string | undefined>,
  backends: ReadonlyMap<PortKey, ReadonlyMap<string, ObservedBackend>>,
): Map<PortKey, ObservedRoute> {
  const routes = new Map<PortKey, ObservedRoute>()
  for (const [key, shape] of shapes) routes.set(key, { shape, backends: backends.get(key) ?? NO_BACKENDS })
  return routes
}

const NO_BACKENDS: ReadonlyMap<string, ObservedBackend> = new Map()
