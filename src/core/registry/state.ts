import type { OwnerKey } from '../owner.ts'
import type { PortKey, Routes } from '../route.ts'
import type { Claim, Document, DocumentKey } from './document.ts'

/** A document with what has happened to it since its last call. */
export interface HeldDocument extends Document {
  /** Rises with each change of any document: says which of two claims on one port is the newer. */
  readonly version: number
  /** Edge time (ms) at which its lease ran out; absent while it holds. */
  readonly lapsedAt?: number
  /**
   * Backends (as `lostBackend` writes them) that failed while the lease was out. They do not come back with the next
   * good check, since by then the address may be a stranger's: only a call brings them back.
   */
  readonly lost?: readonly string[]
}

export function lostBackend(key: PortKey, backend: string): string {
  return `${key} ${backend}`
}

export interface Claimant {
  readonly document: DocumentKey
  readonly claim: Claim
}

/** Who has a frontend port and who wants it. */
export interface PortHold {
  readonly owner: OwnerKey
  /** Every claim on this port, whoever's, in the order in which they came. */
  readonly claimants: readonly Claimant[]
}

/** All that the registry knows. Values are never changed in place. */
export interface State {
  readonly version: number
  readonly documents: ReadonlyMap<DocumentKey, HeldDocument>
  readonly ports: ReadonlyMap<PortKey, PortHold>
  /** Derived from the two above, kept beside them so that a change costs what it touches. */
  readonly routes: Routes
}

export const EMPTY_STATE: State = {
  version: 0,
  documents: new Map(),
  ports: new Map(),
  routes: new Map(),
}
