import type { LocatedEntry, LocatedMap } from '../located.ts'
import { entriesOf, itemsOf, textAt, valueAt, withValue } from './nodes.ts'

export interface Profiled {
  /** With the services that run. */
  readonly tree: LocatedMap
  /** Services whose profiles nobody asked for. */
  readonly inactive: ReadonlyMap<string, LocatedEntry>
}

/** Parts the services that run from those whose profiles are not asked for; `*` asks for all. */
export function byProfiles(tree: LocatedMap, asked: readonly string[]): Profiled {
  const inactive = new Map(
    entriesOf(valueAt(tree, 'services')).filter(([, { value }]) => {
      const profiles = profilesOf(value)
      return profiles.length > 0 && !asked.includes('*') && !profiles.some((one) => asked.includes(one))
    }),
  )
  const active = withValue(tree, 'services', (node) =>
    node.kind === 'map'
      ? { ...node, entries: new Map([...node.entries].filter(([name]) => !inactive.has(name))) }
      : node,
  )
  return { tree: active, inactive }
}

export function profilesOf(service: LocatedEntry['value']): readonly string[] {
  return itemsOf(valueAt(service, 'profiles')).flatMap((item) => textAt(item) ?? [])
}
