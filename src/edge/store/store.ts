import type { OwnerKey } from '../../core/owner.ts'
import type { DocumentKey } from '../../core/registry/document.ts'
import type { HeldDocument } from '../../core/registry/state.ts'
import type { PortKey } from '../../core/route.ts'
import type { Scope } from '../../wire/token.ts'

/** A token as the edge keeps it: never the secret. */
export interface TokenRecord {
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret, base64url. */
  readonly hash: string
  readonly scope: Scope
  /** Of the public key that the token names. */
  readonly fingerprint?: string
  /** Milliseconds since the epoch, by the wall clock. */
  readonly created: number
  readonly expires?: number
}

/** One row to write or remove. */
export type StoreChange =
  | { readonly kind: 'put-document'; readonly key: DocumentKey; readonly document: HeldDocument }
  | { readonly kind: 'delete-document'; readonly key: DocumentKey }
  | { readonly kind: 'put-owner'; readonly port: PortKey; readonly owner: OwnerKey }
  | { readonly kind: 'delete-owner'; readonly port: PortKey }
  | { readonly kind: 'put-token'; readonly token: TokenRecord }
  | { readonly kind: 'delete-token'; readonly id: string }

export interface Saved {
  readonly documents: readonly HeldDocument[]
  readonly owners: readonly (readonly [PortKey, OwnerKey])[]
  readonly tokens: readonly TokenRecord[]
  /** Milliseconds that the daemon has been running, ever, when it was last written: see `EdgeClock`. */
  readonly edgeTime: number
}

/** Where the edge's state lives. SQLite in earnest, memory in unit tests; both pass test/contract/store.ts. */
export interface Store {
  /** Everything that was committed. */
  load(): Saved
  /**
   * Write `changes` and the edge time as one: all or nothing, and on the disk when this returns.
   * @throws StorageFailed when it could not be written; then nothing was.
   */
  commit(changes: readonly StoreChange[], edgeTime: number): void
  close(): void
}

/** The disk is full, read-only or broken: nothing was written. */
export class StorageFailed extends Error {
  override readonly name = 'StorageFailed'
}

type StateFault = 'state-damaged' | 'state-newer' | 'state-in-use'

/** The state file cannot be used: the code says whether it is damaged, newer than this program, or another daemon's. */
export class StateUnusable extends Error {
  override readonly name = 'StateUnusable'
  readonly code: StateFault

  constructor(code: StateFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
