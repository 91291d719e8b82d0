import type { OwnerKey } from '../owner.ts'
import { type PortKey, portKey, type Route } from '../route.ts'
import { documentKey } from './document.ts'
import { routeOf, settleOwner, withClaimant } from './port-hold.ts'
import type { HeldDocument, PortHold, State } from './state.ts'

/**
 * The state that a store gives back. Owners are stored beside the documents, since documents alone do not tell who had
 * a port first. Who of several others has waited longest for it is not: they queue in the order of their last changes then.
 * To keep their order too would be a row to write for each that comes or goes, as long as the queue, for what matters only
 * where two other owners wait for one port and it is given up after a restart.
 */
export function restore(
  saved: readonly HeldDocument[],
  owners: Iterable<readonly [PortKey, OwnerKey]>,
): State {
  const byAge = saved.toSorted((a, b) => a.version - b.version)
  const documents = new Map(byAge.map((held) => [documentKey(held.cluster, held.phone), held]))
  const ports = new Map<PortKey, PortHold>()
  for (const [document, held] of documents) {
    for (const claim of held.claims) {
      const key = portKey(claim.protocol, claim.port)
      ports.set(key, withClaimant(ports.get(key), { document, claim }))
    }
  }
  for (const [key, owner] of owners) {
    const hold = ports.get(key)
    if (hold) ports.set(key, settleOwner({ ...hold, owner }, documents))
  }
  const routes = new Map<PortKey, Route>()
  for (const [key, hold] of ports) {
    const route = routeOf(key, hold, documents)
    if (route) routes.set(key, route)
  }
  return { version: byAge.at(-1)?.version ?? 0, documents, ports, routes }
}
