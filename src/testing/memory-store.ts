import type { OwnerKey } from '../core/owner.ts'
import type { DocumentKey } from '../core/registry/document.ts'
import type { HeldDocument } from '../core/registry/state.ts'
import type { PortKey } from '../core/route.ts'
import {
  type Saved,
  StorageFailed,
  type Store,
  type StoreChange,
  type TokenRecord,
} from '../edge/store/store.ts'

/** A store that forgets when the process ends. */
export class MemoryStore implements Store {
  /** While true, the "disk" is full. */
  full = false
  /** Commits made so far: a renewal makes none. */
  commits = 0
  readonly #documents = new Map<DocumentKey, HeldDocument>()
  readonly #owners = new Map<PortKey, OwnerKey>()
  readonly #tokens = new Map<string, TokenRecord>()
  #edgeTime = 0

  load(): Saved {
    return structuredClone({
      documents: byKey(this.#documents).map(([, document]) => document),
      owners: byKey(this.#owners),
      tokens: byKey(this.#tokens).map(([, token]) => token),
      edgeTime: this.#edgeTime,
    })
  }

  commit(changes: readonly StoreChange[], edgeTime: number): void {
    if (this.full) throw new StorageFailed('memory: the disk is full')
    for (const change of changes) this.#apply(change)
    this.#edgeTime = edgeTime
    this.commits += 1
  }

  close(): void {}

  #apply(change: StoreChange): void {
    switch (change.kind) {
      case 'put-document':
        this.#documents.set(change.key, structuredClone(change.document))
        break
      case 'delete-document':
        this.#documents.delete(change.key)
        break
      case 'put-owner':
        this.#owners.set(change.port, change.owner)
        break
      case 'delete-owner':
        this.#owners.delete(change.port)
        break
      case 'put-token':
        this.#tokens.set(change.token.id, structuredClone(change.token))
        break
      case 'delete-token':
        this.#tokens.delete(change.id)
    }
  }
}

function byKey<K extends string, V>(map: ReadonlyMap<K, V>): [K, V][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : 1))
}
