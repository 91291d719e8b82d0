import { type Allotment, allot, holdersByStatus, type Wanted } from '../core/kubernetes/allot.ts'
import type { ControllerEdge } from '../core/kubernetes/controller-rules.ts'
import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'
import type { ClaimOutcome } from '../core/kubernetes/outcome.ts'
import type { Problem } from '../core/kubernetes/problem.ts'
import type { ServiceClaims } from '../core/kubernetes/service-claims.ts'
import type { ClaimRequest } from '../wire/claim.ts'

/** What a Service wants, as it goes into the edges' documents. */
export interface Entry extends Wanted {
  readonly edges: readonly string[]
  readonly problems: readonly Problem[]
}

/** What every Service wants, and which of it goes into the document of each edge. */
export class ClaimBook {
  readonly #entries = new Map<ServiceKey, Entry>()
  /** By the edge's name, as they were made last. */
  readonly #allotments = new Map<string, Allotment>()

  get(key: ServiceKey): Entry | undefined {
    return this.#entries.get(key)
  }

  keys(): Iterable<ServiceKey> {
    return this.#entries.keys()
  }

  /**
   * Take what a Service wants now; true where a document changes by it. A claim that says the same as before stays the
   * same object: what was answered to it holds. Where an annotation does not parse, the last good claims stay.
   */
  set(service: ServiceObject, { edges, claims, problems, unreadable }: ServiceClaims): boolean {
    const before = this.#entries.get(service.key)
    const next = unreadable && before ? before : { edges, claims: keepingSame(before?.claims ?? [], claims) }
    this.#entries.set(service.key, { service, edges: next.edges, claims: next.claims, problems })
    return !before || !sameItems(before.claims, next.claims) || !sameItems(before.edges, next.edges)
  }

  /** A Service wants nothing any more; true where a document changes by it. */
  delete(key: ServiceKey): boolean {
    return this.#entries.delete(key)
  }

  /** What goes into an edge's document, and what does not. Who had a port the last time keeps it. */
  allot(edge: ControllerEdge): Allotment {
    const wanted = [...this.#entries.values()].filter(({ edges }) => edges.includes(edge.name))
    const held = this.#allotments.get(edge.name)?.holders ?? holdersByStatus(wanted, edge)
    const allotment = allot(wanted, held)
    this.#allotments.set(edge.name, allotment)
    return allotment
  }

  /** The claims of a Service that another Service stood in the way of when the edge's document was made last. */
  conflicts(key: ServiceKey, edge: string): readonly ClaimOutcome[] {
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
