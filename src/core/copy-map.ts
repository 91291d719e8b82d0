/**
 * A copy of a map. `new Map(map)` makes an array of each entry on the way: three times the garbage, which counts where a
 * thousand entries are copied with every call.
 */
export function copyMap<Key, Value>(map: ReadonlyMap<Key, Value>): Map<Key, Value> {
  const copy = new Map<Key, Value>()
  map.forEach((value, key) => {
    copy.set(key, value)
  })
  return copy
}
