import type { Located, LocatedEntry, LocatedMap } from '../located.ts'

type Keys = readonly string[]

export interface Resets {
  /** What is left of the file: without what is `!reset`, and with `!override` as any other value. */
  readonly tree: LocatedMap
  /** The places that are cleared before the file is merged over what there is. */
  readonly cleared: readonly Keys[]
}

/** Takes the values with the tags `!reset` and `!override` out of a file. */
export function takeResets(tree: LocatedMap): Resets {
  const cleared: Keys[] = []
  return { tree: ofMap(tree, [], cleared), cleared }
}

function ofMap(map: LocatedMap, path: Keys, cleared: Keys[]): LocatedMap {
  const entries = new Map<string, LocatedEntry>()
  for (const [key, entry] of map.entries) {
    const value = ofValue(entry.value, [...path, key], cleared)
    if (value) entries.set(key, { ...entry, value })
  }
  return { ...map, entries }
}

function ofValue(node: Located, path: Keys, cleared: Keys[]): Located | undefined {
  if (node.tag !== undefined) cleared.push(path)
  if (node.tag === 'reset') return undefined
  // As in Compose: what is within a value that overrides is taken as it is.
  if (node.tag === 'override') return { ...node, tag: undefined }
  if (node.kind === 'map') return ofMap(node, path, cleared)
  if (node.kind === 'scalar') return node
  const items = node.items.flatMap((item, index) => ofValue(item, [...path, String(index)], cleared) ?? [])
  return { ...node, items }
}

/** What there is, without the places that a later file clears. Items of lists are not cleared. */
export function clear(map: LocatedMap, cleared: readonly Keys[]): LocatedMap {
  return cleared.reduce(clearOne, map)
}

function clearOne(map: LocatedMap, [key, ...rest]: Keys): LocatedMap {
  const entry = key === undefined ? undefined : map.entries.get(key)
  if (key === undefined || entry === undefined) return map
  const entries = new Map(map.entries)
  if (rest.length === 0) entries.delete(key)
  else if (entry.value.kind === 'map') entries.set(key, { ...entry, value: clearOne(entry.value, rest) })
  return { ...map, entries }
}
