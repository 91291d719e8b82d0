import { chooseNodes } from './choose-nodes.ts'
import type { ControllerRules } from './controller-rules.ts'
import { type Candidate, candidatesFor, type NodePool } from './node-pool.ts'
import type { ServiceObject, SliceObject } from './objects.ts'

/** As many backends as a claim takes. */
const MAX_BACKENDS = 256

/**
 * The nodes that take a Service's connections, sorted by name.
 *
 * `externalTrafficPolicy: Cluster`: a few of all nodes, since kube-proxy sends on from any. They stay when the Service
 * has no endpoint left: kube-proxy refuses its connections then, and the edge tells that its backends are down, as a
 * cloud's load balancer would. `Local`: all nodes that have an endpoint, since kube-proxy drops what comes elsewhere; also
 * one that is cordoned, which serves until its pods terminate (KEP-3458), so that not all goes to the first pod elsewhere.
 * Without any, as many nodes as for `Cluster`: their health check says that they have none, and so the port is open before the
 * first pod is there and after the last one, as Kubernetes' own tests expect, with no reload of HAProxy in between.
 */
export function selectNodes(
  service: ServiceObject,
  slices: Iterable<SliceObject>,
  pool: NodePool,
  { nodesPerService }: Pick<ControllerRules, 'nodesPerService'>,
): Candidate[] {
  const { best, byName } = candidatesFor(pool, service.ipFamilies)
  const hosts = endpointNodes(slices)
  const candidates = [...hosts].flatMap((name) => byName.get(name) ?? [])
  if (service.externalTrafficPolicy === 'Cluster' || candidates.length === 0) {
    return chooseNodes(service.key, best, hosts, Math.min(nodesPerService, MAX_BACKENDS))
  }
  const ready = candidates.filter((one) => one.ready)
  return chooseNodes(service.key, ready.length > 0 ? ready : candidates, hosts, MAX_BACKENDS)
}

/**
 * The names of the nodes that have an endpoint of a Service which takes connections: a ready one, or, when none is
 * ready anywhere, one that still serves while it terminates (KEP-1669).
 */
function endpointNodes(slices: Iterable<SliceObject>): Set<string> {
  const ready = new Set<string>()
  const leaving = new Set<string>()
  for (const { endpoints } of slices) {
    for (const { nodeName, ready: isReady, serving, terminating } of endpoints) {
      if (nodeName === undefined) continue
      if (isReady) ready.add(nodeName)
      else if (serving && terminating) leaving.add(nodeName)
    }
  }
  return ready.size > 0 ? ready : leaving
}
