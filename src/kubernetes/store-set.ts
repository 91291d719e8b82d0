import type { StoreView } from './object-store.ts'

/** What is known of some namespaces, as if it were in one store. What lies in another one is not there, and stays out. */
export class StoreSet<T extends object> implements StoreView<T> {
  readonly #stores: ReadonlyMap<string, StoreView<T>>

  /** @param stores by namespace; the keys in them are `namespace/name`. */
  constructor(stores: ReadonlyMap<string, StoreView<T>>) {
    this.#stores = stores
  }

  get(key: string): T | undefined {
    return this.#storeOf(key)?.get(key)
  }

  *entries(): Iterable<[key: string, object: T]> {
    for (const store of this.#stores.values()) yield* store.entries()
  }

  keysBy(value: string): ReadonlySet<string> {
    const found = [...this.#stores.values()].map((store) => store.keysBy(value))
    return found.reduce((all, some) => (some.size === 0 ? all : all.union(some)), NONE)
  }

  set(key: string, after: T | undefined): void {
    this.#storeOf(key)?.set(key, after)
  }

  #storeOf(key: string): StoreView<T> | undefined {
    return this.#stores.get(key.slice(0, key.indexOf('/')))
  }
}

const NONE: ReadonlySet<string> = new Set()
