import {
  type Allotment,
  allot,
  type Holders,
  holdersByStatus,
  type Wanted,
} from '../core/kubernetes/allot.ts'
import { type Asked, wishesBehind } from '../core/kubernetes/asked.ts'
import type { ControllerEdge } from '../core/kubernetes/controller-rules.ts'
import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'
import type { ClaimOutcome } from '../core/kubernetes/outcome.ts'
import type { Problem } from '../core/kubernetes/problem.ts'
import type { ServiceClaims } from '../core/kubernetes/service-claims.ts'
import { portKey } from '../core/route.ts'
import type { ClaimRequest } from '../wire/claim.ts'

/** What a Service wants, as it goes into the edges' documents. */
export interface Entry extends Wanted {
  readonly edges: readonly string[]
  readonly problems: readonly Problem[]
  /** What it asked for last that could be read. */
  readonly asked?: Asked
  /**
   * Where an annotation does not parse and this leader has never seen one that did: the names of the edges that hold claims
   * of the Service from before.
   */
  readonly recalled?: readonly string[]
  /** No endpoint takes connections, and no edge sees it. */
  readonly idle: boolean
}

/** What every Service wants, and which of it goes into the document of each edge. */
export class ClaimBook {
  readonly #entries = new Map<ServiceKey, Entry>()
  /** By the edge's name, as they were made last. */
  readonly #allotments = new Map<string, Allotment>()
  /** Edges that were asked what they hold, and have not answered yet. */
  readonly #asked = new Set<string>()
  /** By the edge's name: who had which port by the document of the leader before. */
  readonly #recalled = new Map<string, Holders>()

  get(key: ServiceKey): Entry | undefined {
    return this.#entries.get(key)
  }

  keys(): Iterable<ServiceKey> {
    return this.#entries.keys()
  }

  /**
   * Take what a Service wants now; true where a document changes by it. A claim that says the same as before stays the
   * same object: what was answered to it holds.
   */
  set(
    service: ServiceObject,
    { edges, claims: now, problems, unreadable, asked, idle = false }: ServiceClaims,
  ): boolean {
    const before = this.#entries.get(service.key)
    const claims = keepingSame(before?.claims ?? [], now)
    const recalled = unreadable ? (before ? before.recalled : []) : undefined
    this.#entries.set(service.key, {
      ...{ service, edges, claims, problems, idle },
      ...(asked && { asked }),
      ...(recalled && { recalled }),
    })
    return !before || !sameItems(before.claims, claims) || !sameItems(before.edges, edges)
  }

  /** A Service wants nothing any more; true where a document changes by it. */
  delete(key: ServiceKey): boolean {
    return this.#entries.delete(key)
  }

  /** The edges are asked what they hold. */
  askEdges(edges: Iterable<string>): void {
    for (const edge of edges) this.#asked.add(edge)
  }

  /**
   * An edge has said what it holds: who has a port there keeps it, whatever its status says (that
   * of a NodePort Service says nothing of ports), and Services that cannot be read have that. Returns the latter.
   */
  recall(edge: string, held: readonly ClaimRequest[]): ServiceKey[] {
    const byOwner = Map.groupBy(held, ({ owner }) => owner)
    const keys: ServiceKey[] = []
    for (const [key, entry] of this.#entries) {
      if (!entry.recalled) continue
      keys.push(key)
      const claims = byOwner.get(key)
      if (!claims) continue
      const recalled = [...entry.recalled, edge]
      const asked = { wishes: wishesBehind(entry.service, claims), edges: recalled }
      this.#entries.set(key, { ...entry, asked, recalled })
    }
    this.#asked.delete(edge)
    const holders = held.map(({ protocol = 'tcp', port, owner }) => [portKey(protocol, port), owner] as const)
    this.#recalled.set(edge, new Map(holders))
    // Nothing was put there yet, so nobody has a port by what was allotted without these.
    this.#allotments.delete(edge)
    return keys
  }

  /** Whether what a Service has is only known when every edge has said what it holds. */
  isAsked(key: ServiceKey): boolean {
    return this.#asked.size > 0 && this.#entries.get(key)?.recalled !== undefined
  }

  /** What goes into an edge's document, and what does not. Who had a port the last time keeps it. */
  allot(edge: ControllerEdge): Allotment {
    const wanted = [...this.#entries.values()].filter(({ edges }) => edges.includes(edge.name))
    const held = this.#allotments.get(edge.name)?.holders ?? this.#holdersAtFirst(wanted, edge)
    const allotment = allot(wanted, held)
    this.#allotments.set(edge.name, allotment)
    return allotment
  }

  /** The document of the leader before says it best. Of another token's there is none: then the Services' status says it. */
  #holdersAtFirst(wanted: Iterable<Wanted>, edge: ControllerEdge): Holders {
    return new Map([...holdersByStatus(wanted, edge), ...(this.#recalled.get(edge.name) ?? [])])
  }

  /**
   * The claims of a Service that are not in the edge's document as it was made last, and why. Before the edge has said who has
   * which port, nobody knows.
   */
  conflicts(key: ServiceKey, edge: string): readonly ClaimOutcome[] {
    if (this.#asked.has(edge)) return []
    return this.#allotments.get(edge)?.conflicts.get(key) ?? []
  }
}

function keepingSame(before: readonly ClaimRequest[], after: readonly ClaimRequest[]): ClaimRequest[] {
  const known = new Map(before.map((claim) => [JSON.stringify(claim), claim]))
  return after.map((claim) => known.get(JSON.stringify(claim)) ?? claim)
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index])
}
