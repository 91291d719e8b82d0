import { ownerName } from '../core/owner.ts'
import type { Observed } from '../core/plan/observed.ts'
import { claimRefusal, type Service } from '../core/registry/answer.ts'
import type { Claim } from '../core/registry/document.ts'
import type { Leases } from '../core/registry/leases.ts'
import type { HeldDocument, State } from '../core/registry/state.ts'
import { type Backend, backendName, type PortKey, portKey, type Route } from '../core/route.ts'
import { lacksCluster, outsideScope } from '../core/scope.ts'
import type { Scope } from '../wire/token.ts'
import type { ClaimView, RouteView } from '../wire/views.ts'

/** What the views are made of. */
export interface Sight {
  readonly state: State
  readonly observed: Observed | undefined
  readonly serviceOf: (key: PortKey) => Service
}

/** The routes that `scope` opens, in no order. */
export function* routesWithin({ routes }: State, scope: Scope): Generator<Route, void, undefined> {
  for (const route of routes.values()) if (opens(scope, route)) yield route
}

/** Every route that `scope` opens, by port. */
export function routeViews({ state, observed, serviceOf }: Sight, scope: Scope): RouteView[] {
  const stale = staleBackends(state)
  const views: RouteView[] = []
  for (const route of routesWithin(state, scope)) {
    const service = serviceOf(route.key)
    const seen = observed?.routes.get(route.key)?.backends
    const backends = route.backends.map((backend) => {
      const name = backendName(backend)
      const now = seen?.get(name)
      return {
        address: backend.address,
        port: backend.port,
        health: now?.health ?? ('checking' as const),
        ...(now?.reason !== undefined && { reason: now.reason }),
        sessions: now?.sessions ?? 0,
        stale: stale.has(placeOf(route, backend)),
      }
    })
    views.push({
      port: route.port,
      protocol: route.protocol,
      owner: ownerName(route.owner),
      state: service.state,
      ...(service.state === 'refused' && service.refusal),
      ...(route.affinity && { affinity: route.affinity }),
      ...(route.allow && { allow: [...route.allow] }),
      backends,
    })
  }
  return views.sort((a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol))
}

/** Every claim of the clusters that `scope` opens, by phone and place. */
export function claimViews(
  sight: Sight,
  leases: Leases,
  edgeTime: number,
  holdTime: number,
  scope: Scope,
): ClaimView[] {
  const views: ClaimView[] = []
  for (const [key, held] of sight.state.documents) {
    if (lacksCluster(scope, held.cluster)) continue
    const ends = held.lapsedAt === undefined ? leases.until(key) : held.lapsedAt + holdTime
    const about = {
      cluster: held.cluster,
      phone: held.phone,
      ...(ends !== undefined && { lapsesIn: Math.max(0, Math.round((ends - edgeTime) / 1000)) }),
    }
    for (const claim of held.claims) {
      if (opens(scope, claim)) views.push({ ...about, ...claimView(claim, held, sight) })
    }
    // Of what could not be read whole nobody knows whose it is.
    for (const { refusal, index: _, ...claim } of scope.role === 'admin' ? held.refused : []) {
      views.push({ ...about, ...claim, state: 'refused', ...refusal })
    }
  }
  return views.sort((a, b) => compareTexts(a.cluster, b.cluster) || compareTexts(a.phone, b.phone))
}

function claimView(
  claim: Claim,
  held: HeldDocument,
  { state, serviceOf }: Sight,
): Pick<ClaimView, 'owner' | 'port' | 'protocol' | 'state' | 'code' | 'detail'> {
  const { port, protocol } = claim
  const owner = ownerName(claim.owner)
  const service = serviceOf(portKey(protocol, port))
  const refusal = claimRefusal(claim, state) ?? (service.state === 'refused' ? service.refusal : undefined)
  if (refusal) return { owner, port, protocol, state: 'refused', ...refusal }
  return { owner, port, protocol, state: held.lapsedAt === undefined ? 'live' : 'stale' }
}

/** Backends that only phones which fell silent vouch for. */
function staleBackends(state: State): Set<string> {
  const [silent, calling] = [new Set<string>(), new Set<string>()]
  for (const held of state.documents.values()) {
    const places = held.lapsedAt === undefined ? calling : silent
    for (const claim of held.claims) for (const backend of claim.backends) places.add(placeOf(claim, backend))
  }
  return silent.difference(calling)
}

function placeOf(
  { owner, protocol, port }: Pick<Route | Claim, 'owner' | 'protocol' | 'port'>,
  backend: Backend,
): string {
  return `${owner} ${portKey(protocol, port)} ${backend.address}:${backend.port}`
}

/** Whether a scope would open this claim, wherever it forwards to: whoever may not make it need not see it. */
function opens(scope: Scope, { owner, port, protocol }: Pick<Route, 'owner' | 'port' | 'protocol'>): boolean {
  const [cluster = '', namespace = ''] = owner.split('/')
  return outsideScope(scope, { cluster, namespace, port, protocol, backends: [] }).next().done === true
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
