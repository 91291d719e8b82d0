import type { ControllerRules } from './controller-rules.ts'
import { type Candidate, candidatesFor, type NodePool } from './node-pool.ts'
import type { ServiceObject, SliceObject } from './objects.ts'
import { hashText, score } from './rendezvous.ts'

/** As many backends as a claim takes. */
const MAX_BACKENDS = 256

/**
 * The nodes that take a Service's connections, sorted by name.
 *
 * `externalTrafficPolicy: Cluster`: a few of all nodes, since kube-proxy sends on from any. They stay when the Service
 * has no endpoint left: kube-proxy refuses its connections then, and the edge tells that its backends are down, as a
 * cloud's load balancer would. `Local`: all nodes that have an endpoint, since kube-proxy drops what comes elsewhere.
 */
export function selectNodes(
  service: ServiceObject,
  slices: Iterable<SliceObject>,
  pool: NodePool,
  { nodesPerService }: Pick<ControllerRules, 'nodesPerService'>,
): Candidate[] {
  const { best, byName } = candidatesFor(pool, service.ipFamilies)
  const hosts = endpointNodes(slices)
  if (service.externalTrafficPolicy === 'Cluster') {
    return choose(service.key, best, hosts, Math.min(nodesPerService, MAX_BACKENDS))
  }
  const candidates = [...hosts].flatMap((name) => byName.get(name) ?? [])
  const tier = candidates.reduce((lowest, one) => Math.min(lowest, one.tier), Number.POSITIVE_INFINITY)
  return choose(
    service.key,
    candidates.filter((one) => one.tier === tier),
    hosts,
    MAX_BACKENDS,
  )
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

/**
 * At most `count` of the candidates: those with an endpoint of the Service first, of these one of each zone in turn, and
 * within a zone by their score. A node that was not chosen changes nothing when it goes; one that was changes one.
 */
function choose(
  key: string,
  candidates: readonly Candidate[],
  hosts: ReadonlySet<string>,
  count: number,
): Candidate[] {
  if (candidates.length <= count) return [...candidates].sort(byName)
  const ownHash = hashText(key)
  const left = new Set(
    candidates.map((one) => ({ one, far: hosts.has(one.name) ? 0 : 1, score: score(ownHash, one.hash) })),
  )
  const chosenInZone = new Map<string, number>()
  const chosen: Candidate[] = []
  while (chosen.length < count) {
    let first: { one: Candidate; far: number; score: number } | undefined
    for (const next of left) if (!first || comesBefore(next, first, chosenInZone)) first = next
    if (!first) break
    left.delete(first)
    chosen.push(first.one)
    chosenInZone.set(first.one.zone, (chosenInZone.get(first.one.zone) ?? 0) + 1)
  }
  return chosen.sort(byName)
}

interface Scored {
  readonly one: Candidate
  /** 0 for a node with an endpoint of the Service, 1 for another. */
  readonly far: number
  readonly score: number
}

function comesBefore(next: Scored, first: Scored, chosenInZone: ReadonlyMap<string, number>): boolean {
  if (next.far !== first.far) return next.far < first.far
  const crowd = (chosenInZone.get(next.one.zone) ?? 0) - (chosenInZone.get(first.one.zone) ?? 0)
  if (crowd !== 0) return crowd < 0
  return next.score === first.score ? next.one.name < first.one.name : next.score > first.score
}

function byName(a: Candidate, b: Candidate): number {
  return a.name < b.name ? -1 : 1
}
