import { copyMap } from '../copy-map.ts'
import type { Refusal } from '../refusal.ts'
import { type PortKey, portKey, type Route } from '../route.ts'
import { same } from '../same.ts'
import { type Claim, type Document, type DocumentKey, documentKey } from './document.ts'
import { routeOf, settleOwner, withClaimant, withoutClaimant } from './port-hold.ts'
import type { HeldDocument, PortHold, State } from './state.ts'

export type RegistryEvent =
  /**
   * A phone sent a document that differs from the one held. Changes nothing where a newer one is held by then, or
   * another identity's, unless `takeover` says that that identity is no more.
   */
  | { readonly type: 'put'; readonly document: Document; readonly takeover?: boolean }
  /** A phone released its document, or its hold time is over. */
  | { readonly type: 'release'; readonly key: DocumentKey }
  /** Some of a document's claims are refused after all; `document` is what is left of it. */
  | { readonly type: 'refuse'; readonly document: Document }
  /** A lease ran out. `at` is edge time, ms. */
  | { readonly type: 'lapse'; readonly key: DocumentKey; readonly at: number }
  /** A phone whose lease had run out called again with the document held. */
  | { readonly type: 'return'; readonly key: DocumentKey }
  /** Backends (see `lostBackend`) of a document whose lease is out failed. */
  | { readonly type: 'lose'; readonly key: DocumentKey; readonly backends: readonly string[] }

export interface Step {
  readonly state: State
  /** Documents that were written or removed. */
  readonly documents: ReadonlySet<DocumentKey>
  /** Ports whose claims, owner or route may differ from before. */
  readonly ports: ReadonlySet<PortKey>
}

/**
 * What the registry knows after `events`, in their order. Pure: the state given stays as it is, and events about
 * documents that are not there change nothing. Costs one copy of the maps a call, however many events there are.
 */
export function reduce(state: State, events: readonly RegistryEvent[]): Step {
  const draft = new Draft(state)
  for (const event of events) apply(draft, event)
  return draft.finish()
}

function apply(draft: Draft, event: RegistryEvent): void {
  switch (event.type) {
    case 'put':
      draft.put(event.document, event.takeover ?? false)
      break
    case 'release':
      draft.release(event.key)
      break
    case 'refuse':
      draft.refuse(event.document)
      break
    case 'lapse':
      draft.amend(event.key, (held) => ({ ...held, lapsedAt: event.at }))
      break
    case 'return':
      draft.amend(event.key, ({ lapsedAt: _lapsed, lost: _lost, ...held }) => held)
      break
    case 'lose':
      draft.amend(event.key, (held) => ({ ...held, lost: union(held.lost ?? [], event.backends) }))
  }
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort()
}

/** A copy of the state under change, for the length of one `reduce`. */
class Draft {
  readonly #version: number
  readonly #documents: Map<DocumentKey, HeldDocument>
  readonly #ports: Map<PortKey, PortHold>
  readonly #routes: Map<PortKey, Route>
  readonly #touchedDocuments = new Set<DocumentKey>()
  readonly #touchedPorts = new Set<PortKey>()
  #puts = 0

  constructor(state: State) {
    this.#version = state.version
    this.#documents = copyMap(state.documents)
    this.#ports = copyMap(state.ports)
    this.#routes = copyMap(state.routes)
  }

  put(document: Document, takeover: boolean): void {
    const key = documentKey(document.cluster, document.phone)
    const before = this.#documents.get(key)
    if (before && (outdated(document, before) || (before.identity !== document.identity && !takeover))) return
    this.#puts += 1
    this.#documents.set(key, { ...document, version: this.#version + this.#puts })
    this.#touchedDocuments.add(key)
    const old = claimsByPort(before?.claims ?? [])
    const back = before?.lapsedAt !== undefined
    const isTakenOver = before !== undefined && before.identity !== document.identity
    for (const claim of document.claims) {
      const port = portKey(claim.protocol, claim.port)
      const oldClaim = old.get(port)
      old.delete(port)
      if (!oldClaim || back || !sameClaim(oldClaim, claim)) this.#claim(port, key, claim, oldClaim)
      // Of several phones' claims the newest document's settings count, and this one is the newest now. A route that says the
      // same after a takeover has another author all the same: who pays for its reloads.
      else if (isTakenOver || this.#isShared(port)) this.#touchedPorts.add(port)
    }
    for (const port of old.keys()) this.#unclaim(port, key)
  }

  release(key: DocumentKey): void {
    const held = this.#documents.get(key)
    if (!held) return
    this.#documents.delete(key)
    this.#touchedDocuments.add(key)
    for (const { protocol, port } of held.claims) this.#unclaim(portKey(protocol, port), key)
  }

  refuse({ cluster, phone, claims, refused, digest }: Document): void {
    const key = documentKey(cluster, phone)
    const held = this.#documents.get(key)
    if (!held) return
    this.#documents.set(key, { ...held, claims, refused, digest })
    this.#touchedDocuments.add(key)
    const gone = claimsByPort(held.claims)
    for (const { protocol, port } of claims) gone.delete(portKey(protocol, port))
    for (const port of gone.keys()) this.#unclaim(port, key)
  }

  amend(key: DocumentKey, change: (held: HeldDocument) => HeldDocument): void {
    const held = this.#documents.get(key)
    if (!held) return
    this.#documents.set(key, change(held))
    this.#touchedDocuments.add(key)
    for (const { protocol, port } of held.claims) this.#touchedPorts.add(portKey(protocol, port))
  }

  finish(): Step {
    for (const port of this.#touchedPorts) this.#settle(port)
    return {
      state: {
        version: this.#version + this.#puts,
        documents: this.#documents,
        ports: this.#ports,
        routes: this.#routes,
      },
      documents: this.#touchedDocuments,
      ports: this.#touchedPorts,
    }
  }

  #isShared(port: PortKey): boolean {
    return (this.#ports.get(port)?.claimants.length ?? 0) > 1
  }

  /** A claim for another owner than before queues up anew. */
  #claim(port: PortKey, document: DocumentKey, claim: Claim, before: Claim | undefined): void {
    if (before && before.owner !== claim.owner) this.#unclaim(port, document)
    this.#ports.set(port, withClaimant(this.#ports.get(port), { document, claim }))
    this.#touchedPorts.add(port)
  }

  /** Ownership passes on as soon as the claim goes, so that of two events in one call the first still wins. */
  #unclaim(port: PortKey, document: DocumentKey): void {
    this.#touchedPorts.add(port)
    const hold = this.#ports.get(port)
    const rest = hold && withoutClaimant(hold, document)
    if (rest) this.#ports.set(port, settleOwner(rest, this.#documents))
    else this.#ports.delete(port)
  }

  /** Routes that come out the same keep their identity: "nothing changed" is then one comparison. */
  #settle(port: PortKey): void {
    const before = this.#ports.get(port)
    const hold = before && settleOwner(before, this.#documents)
    if (hold && hold !== before) this.#ports.set(port, hold)
    const route = hold && routeOf(port, hold, this.#documents)
    if (!route) this.#routes.delete(port)
    else if (!sameRoute(this.#routes.get(port), route)) this.#routes.set(port, route)
  }
}

/** Why a document must not replace the one held: a deposed leader's, or overtaken by a later call. */
export function outdated(
  document: Pick<Document, 'fence' | 'sequence'>,
  held: Pick<Document, 'fence' | 'sequence'>,
): Refusal | undefined {
  if (document.fence < held.fence) {
    return { code: 'fence-stale', detail: `fence ${document.fence} is below ${held.fence}` }
  }
  if (document.fence === held.fence && document.sequence < held.sequence) {
    return { code: 'document-outdated', detail: `sequence ${document.sequence} is below ${held.sequence}` }
  }
  return undefined
}

function claimsByPort(claims: readonly Claim[]): Map<PortKey, Claim> {
  return new Map(claims.map((claim) => [portKey(claim.protocol, claim.port), claim]))
}

/** Whether two claims on one port say the same, wherever in their documents they stand. */
function sameClaim(a: Claim, b: Claim): boolean {
  return a === b || same({ ...a, index: 0 }, { ...b, index: 0 })
}

function sameRoute(a: Route | undefined, b: Route): boolean {
  return same(a, b)
}
