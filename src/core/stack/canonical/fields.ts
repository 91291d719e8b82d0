import { inOrder } from '../go-order.ts'
import { isNull, type Located, type LocatedMap, type Scalar } from '../located.ts'
import { type Path, type Place, type Places, pathText } from '../place.ts'
import type { Problems } from '../problem.ts'
import { readDuration } from '../values/duration.ts'
import { scalarText } from '../values/scalar-text.ts'

/** What is common to all that is read of one file. */
export interface Reading {
  readonly places: Places
  readonly problems: Problems
}

/** Reads a validated map key by key, keeps the places, and reports what the schema lets through and Docker does not. */
export class Fields {
  readonly node: LocatedMap
  readonly path: Path
  readonly reading: Reading

  constructor(node: LocatedMap, path: Path, reading: Reading) {
    this.node = node
    this.path = path
    this.reading = reading
  }

  /** The value of a key; `undefined` for null too. Its place is kept. */
  value(key: string): Located | undefined {
    const entry = this.node.entries.get(key)
    if (!entry) return undefined
    this.reading.places.set(
      [...this.path, key],
      entry.value.kind === 'scalar' ? entry.value.place : entry.place,
    )
    return isNull(entry.value) ? undefined : entry.value
  }

  /** A string; `undefined` where it is empty, as in Docker. */
  text(key: string): string | undefined {
    const node = this.value(key)
    return node ? this.textOf(node, [...this.path, key]) || undefined : undefined
  }

  textOf(node: Located, path: Path): string {
    if (node.kind === 'scalar' && node.scalar.form === 'string') return node.scalar.value
    const got = node.kind === 'scalar' ? GOT[node.scalar.form] : node.kind
    const remedy =
      node.kind === 'scalar'
        ? `Put it into quotes: ${JSON.stringify(String(node.scalar.value))}.`
        : 'Write one text.'
    this.error(node.place, path, `${pathText(path)} expected type 'string', got ${got}`, remedy)
    return ''
  }

  flag(key: string): boolean {
    return this.boolean(key) ?? false
  }

  boolean(key: string): boolean | undefined {
    const node = this.value(key)
    return node?.kind === 'scalar' && node.scalar.form === 'bool' ? node.scalar.value : undefined
  }

  /** A whole number. @param least 0 where Docker keeps it unsigned. */
  whole(key: string, least = 0): number | undefined {
    const node = this.value(key)
    if (node?.kind !== 'scalar' || (node.scalar.form !== 'int' && node.scalar.form !== 'float'))
      return undefined
    const value = Math.trunc(Number(node.scalar.value))
    if (value >= least) return value
    const path = [...this.path, key]
    this.error(
      node.place,
      path,
      `cannot parse '${pathText(path)}', ${value} overflows uint`,
      'Write 0 or more.',
    )
    return undefined
  }

  float(key: string): number | undefined {
    const node = this.value(key)
    return node?.kind === 'scalar' ? Number(node.scalar.value) : undefined
  }

  /** Nanoseconds. */
  duration(key: string): bigint | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    const nanoseconds = readDuration(text)
    if (nanoseconds !== undefined) return nanoseconds
    const path = [...this.path, key]
    const detail = `${pathText(path)}: invalid duration ${JSON.stringify(text)}`
    this.error(this.reading.places.of(path), path, detail, 'Write it like "1m30s".')
    return undefined
  }

  /** A list of strings or numbers, or one string alone. */
  texts(key: string): readonly string[] {
    const node = this.value(key)
    if (!node) return []
    if (node.kind === 'scalar') return [this.textOf(node, [...this.path, key])]
    return this.items(key).map(({ node: item, path }) => {
      this.reading.places.set(path, item.place)
      return item.kind === 'scalar' && item.scalar.form !== 'date'
        ? scalarText(item.scalar)
        : this.textOf(item, path)
    })
  }

  items(key: string): readonly { readonly node: Located; readonly path: Path }[] {
    const node = this.value(key)
    if (node?.kind !== 'list') return []
    return node.items.map((item, index) => ({ node: item, path: [...this.path, key, index] }))
  }

  /** The fields of a map below; `undefined` where there is none. */
  below(key: string): Fields | undefined {
    const node = this.value(key)
    return node?.kind === 'map' ? new Fields(node, [...this.path, key], this.reading) : undefined
  }

  /** The fields of each map below, by its key. Null is an empty map. */
  each(key: string): readonly (readonly [name: string, fields: Fields, isNull: boolean])[] {
    const node = this.value(key)
    if (node?.kind !== 'map') return []
    return [...node.entries].map(([name, { place, value }]) => {
      const path = [...this.path, key, name]
      this.reading.places.set(path, place)
      const map = value.kind === 'map' ? value : ({ kind: 'map', entries: new Map(), place } as const)
      return [name, new Fields(map, path, this.reading), value.kind !== 'map'] as const
    })
  }

  /** `KEY: value` or `- KEY=value`; null, or no `=`, is `null`. */
  pairs(key: string): ReadonlyMap<string, string | null> {
    const node = this.value(key)
    const pairs = new Map<string, string | null>()
    const set = (name: string, value: string | null, place: Place) => {
      pairs.set(name, value)
      this.reading.places.set([...this.path, key, name], place)
    }
    if (node?.kind === 'list') {
      for (const { node: item, path } of this.items(key)) {
        const text = this.textOf(item, path)
        const at = text.indexOf('=')
        set(at < 0 ? text : text.slice(0, at), at < 0 ? null : text.slice(at + 1), item.place)
      }
    }
    if (node?.kind === 'map') {
      for (const [name, { place, value }] of node.entries)
        if (value.kind === 'scalar') set(name, isNull(value) ? null : scalarText(value.scalar), place)
    }
    return inOrder(pairs)
  }

  /** As `pairs`, with no value as an empty one: labels and options. */
  strings(key: string): ReadonlyMap<string, string> {
    return new Map([...this.pairs(key)].map(([name, value]) => [name, value ?? '']))
  }

  error(place: Place | undefined, path: Path, detail: string, remedy: string): void {
    this.reading.problems.error(place, path, detail, remedy)
  }
}

const GOT: Readonly<Record<Scalar['form'], string>> = {
  string: 'a string',
  int: 'a number',
  float: 'a number',
  bool: 'a boolean',
  null: 'null',
  date: 'a date',
}
