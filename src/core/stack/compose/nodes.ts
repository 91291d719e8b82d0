import type { Located, LocatedEntry, LocatedList, LocatedMap, LocatedScalar, Scalar } from '../located.ts'
import type { Place } from '../place.ts'
import { scalarText } from '../values/scalar-text.ts'

export function textNode(value: string, place: Place): LocatedScalar {
  return { kind: 'scalar', scalar: { form: 'string', value }, place }
}

export function scalarNode(scalar: Scalar, place: Place): LocatedScalar {
  return { kind: 'scalar', scalar, place }
}

export function nullNode(place: Place): LocatedScalar {
  return scalarNode({ form: 'null', value: null }, place)
}

export function listNode(items: readonly Located[], place: Place): LocatedList {
  return { kind: 'list', items, place }
}

export function mapNode(entries: Iterable<readonly [string, LocatedEntry]>, place: Place): LocatedMap {
  return { kind: 'map', entries: new Map(entries), place }
}

/** A map whose entries all are at one place: what a short form stands for. */
export function fieldsNode(fields: Readonly<Record<string, Located | undefined>>, place: Place): LocatedMap {
  const entries = Object.entries(fields).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, { place, value }] as const],
  )
  return mapNode(entries, place)
}

export function valueAt(node: Located | undefined, ...keys: readonly string[]): Located | undefined {
  let here = node
  for (const key of keys) here = here?.kind === 'map' ? here.entries.get(key)?.value : undefined
  return here
}

/** The text of a scalar that is no null; a number as it would be printed. */
export function textAt(node: Located | undefined, ...keys: readonly string[]): string | undefined {
  const found = valueAt(node, ...keys)
  return found?.kind === 'scalar' && found.scalar.form !== 'null' ? scalarText(found.scalar) : undefined
}

export function entriesOf(node: Located | undefined): readonly (readonly [string, LocatedEntry])[] {
  return node?.kind === 'map' ? [...node.entries] : []
}

export function itemsOf(node: Located | undefined): readonly Located[] {
  return node?.kind === 'list' ? node.items : []
}

export function withEntry(map: LocatedMap, key: string, entry: LocatedEntry): LocatedMap {
  return { ...map, entries: new Map([...map.entries, [key, entry]]) }
}

/** The map with a value changed where it is there. */
export function withValue(map: LocatedMap, key: string, change: (value: Located) => Located): LocatedMap {
  const entry = map.entries.get(key)
  return entry ? withEntry(map, key, { ...entry, value: change(entry.value) }) : map
}

export function without(map: LocatedMap, key: string): LocatedMap {
  const entries = new Map(map.entries)
  entries.delete(key)
  return { ...map, entries }
}
