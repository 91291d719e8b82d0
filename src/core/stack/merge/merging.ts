import { inOrder } from '../go-order.ts'
import type { Path, Places } from '../place.ts'

/**
 * The ways in which Docker merges values of one key: `base` is what there is, `over` the later file's. Each keeps the places
 * of what it takes over. What is empty, zero or false overrides nothing but where it says so.
 */
export class Merging {
  readonly #base: Places
  readonly #over: Places
  readonly #path: Path

  constructor(base: Places, over: Places, path: Path = []) {
    this.#base = base
    this.#over = over
    this.#path = path
  }

  below(...keys: string[]): Merging {
    return new Merging(this.#base, this.#over, [...this.#path, ...keys])
  }

  /** The later one, where there is something in it. */
  later<Value>(key: string, base: Value, over: Value): Value {
    const empty = over === undefined || over === '' || over === 0 || over === 0n || over === false
    return empty && base !== undefined ? base : this.set(key, base, over)
  }

  /** The same, for several fields of one thing; it keeps its others. */
  laterOf<Thing extends object>(base: Thing, over: Thing, keys: readonly (keyof Thing & string)[]): Thing {
    const merged = { ...base }
    for (const key of keys) merged[key] = this.later(key, base[key], over[key])
    return merged
  }

  /** The later one, where it is written at all. */
  set<Value>(key: string, base: Value, over: Value): Value {
    if (over === undefined) return base
    this.#take(key)
    return over
  }

  /** The later list, where it has anything. */
  replaced<Value>(key: string, base: readonly Value[], over: readonly Value[]): readonly Value[] {
    if (over.length === 0) return base
    this.#take(key)
    return over
  }

  appended<Value>(key: string, base: readonly Value[], over: readonly Value[]): readonly Value[] {
    over.forEach((_, index) => {
      this.#graft([key, base.length + index], [key, index])
    })
    return [...base, ...over]
  }

  /** Lists whose items are known by something: the later one takes the place of the earlier, and all are sorted by it. */
  keyed<Value>(
    key: string,
    base: readonly Value[],
    over: readonly Value[],
    keyOf: (value: Value) => string | number,
  ): readonly Value[] {
    // As in Docker: a list that has nothing to be merged with stays as it is.
    if (base.length === 0) return this.replaced(key, base, over)
    const found = new Map<string | number, { value: Value; places: Places | undefined }>()
    const add = (values: readonly Value[], places: Places) => {
      values.forEach((value, index) => {
        found.set(keyOf(value), { value, places: places.below([...this.#path, key, index]) })
      })
    }
    add(base, this.#base)
    add(over, this.#over)
    const sorted = [...found].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([, one]) => one)
    sorted.forEach(({ places }, index) => {
      this.#base.graft([...this.#path, key, index], places)
    })
    return sorted.map(({ value }) => value)
  }

  /** Maps by their keys; `both` says what becomes of a key that both have. */
  map<Value>(
    key: string,
    base: ReadonlyMap<string, Value>,
    over: ReadonlyMap<string, Value>,
    both: (base: Value, over: Value, name: string) => Value = (_, value) => value,
  ): ReadonlyMap<string, Value> {
    const merged = new Map(base)
    for (const [name, value] of over) {
      const there = base.get(name)
      const made = there === undefined ? value : both(there, value, name)
      if (made === value) this.#graft([key, name], [key, name])
      merged.set(name, made)
    }
    return inOrder(merged)
  }

  /** Objects that either may lack. */
  both<Value>(
    key: string,
    base: Value | undefined,
    over: Value | undefined,
    merge: (base: Value, over: Value, merging: Merging) => Value,
  ): Value | undefined {
    if (base !== undefined && over !== undefined) return merge(base, over, this.below(key))
    return this.set(key, base, over)
  }

  #take(key: string): void {
    this.#graft([key], [key])
  }

  #graft(to: Path, from: Path): void {
    this.#base.graft([...this.#path, ...to], this.#over.below([...this.#path, ...from]))
  }
}
