import { isScalar, Scalar } from 'yaml'
import type { Located, LocatedEntry } from '../located.ts'
import type { Problems } from '../problem.ts'

/** Is it the key `<<`, which takes in the entries of another map? In quotes it is a key like any other. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key) || key.source !== '<<') return false
  return key.tag === undefined ? key.type === Scalar.PLAIN : key.tag === 'tag:yaml.org,2002:merge'
}

/** A map's own entries and those of what it merges: its own win, then what was merged first. */
export function mergedEntries(
  own: ReadonlyMap<string, LocatedEntry>,
  source: Located,
  problems: Problems,
): Map<string, LocatedEntry> {
  const sources = source.kind === 'list' ? source.items : [source]
  const entries = new Map(own)
  for (const one of sources) {
    if (one.kind !== 'map') {
      const detail = 'map merge requires map or sequence of maps as the value'
      problems.error(one.place, [], detail, 'Write "<<: *name" where &name is at a map.')
      continue
    }
    for (const [key, entry] of one.entries) if (!entries.has(key)) entries.set(key, entry)
  }
  return entries
}
