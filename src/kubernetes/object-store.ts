import { isDeepStrictEqual } from 'node:util'

/** Told of each change: `before` is missing for what is new, `after` for what is gone. */
export type OnChange<T> = (key: string, before: T | undefined, after: T | undefined) => void

/** Under which values an object is to be found, beside its key. */
export type IndexBy<T> = (object: T, key: string) => readonly string[]

/** What is known of some objects, for who did not gather it. */
export interface StoreView<T extends object> {
  get(key: string): T | undefined
  entries(): Iterable<[key: string, object: T]>
  /** The keys that the index has under `value`. */
  keysBy(value: string): ReadonlySet<string>
  /** Takes what is true now; undefined takes the object away. */
  set(key: string, after: T | undefined): void
}

/** What is known of a collection, by key, and by what its objects have in common. */
export class ObjectStore<T extends object> implements StoreView<T> {
  readonly #objects = new Map<string, T>()
  readonly #indexBy: IndexBy<T>
  readonly #index = new Map<string, Set<string>>()
  readonly #onChange: OnChange<T>

  constructor(onChange: OnChange<T>, indexBy: IndexBy<T> = () => []) {
    this.#onChange = onChange
    this.#indexBy = indexBy
  }

  get size(): number {
    return this.#objects.size
  }

  get(key: string): T | undefined {
    return this.#objects.get(key)
  }

  entries(): IterableIterator<[key: string, object: T]> {
    return this.#objects.entries()
  }

  /** The keys that the index has under `value`. */
  keysBy(value: string): ReadonlySet<string> {
    return this.#index.get(value) ?? NONE
  }

  /** Takes what is true now; undefined takes the object away. What is equal to what was there changes nothing. */
  set(key: string, after: T | undefined): void {
    const before = this.#objects.get(key)
    if (isDeepStrictEqual(before, after)) return
    if (before !== undefined) this.#unindex(key, before)
    if (after === undefined) this.#objects.delete(key)
    else {
      this.#objects.set(key, after)
      this.#enter(key, after)
    }
    this.#onChange(key, before, after)
  }

  /** Takes away whatever is not among these. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of [...this.#objects.keys()]) if (!keys.has(key)) this.set(key, undefined)
  }

  #enter(key: string, object: T): void {
    for (const value of this.#indexBy(object, key)) {
      const keys = this.#index.get(value)
      if (keys) keys.add(key)
      else this.#index.set(value, new Set([key]))
    }
  }

  #unindex(key: string, object: T): void {
    for (const value of this.#indexBy(object, key)) {
      const keys = this.#index.get(value)
      keys?.delete(key)
      if (keys?.size === 0) this.#index.delete(value)
    }
  }
}

const NONE: ReadonlySet<string> = new Set()
