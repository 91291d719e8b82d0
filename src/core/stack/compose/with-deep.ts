import type { Located, LocatedMap } from '../located.ts'
import { mapNode, withEntry } from './nodes.ts'

/** A map with a value further down, and the maps on the way to it. */
export function withDeep(map: LocatedMap, [key, ...rest]: readonly string[], value: Located): LocatedMap {
  if (key === undefined) return map
  const { place } = value
  if (rest.length === 0) return withEntry(map, key, { place, value })
  const there = map.entries.get(key)
  const inner = there?.value.kind === 'map' ? there.value : mapNode([], place)
  return withEntry(map, key, { place: there?.place ?? place, value: withDeep(inner, rest, value) })
}
