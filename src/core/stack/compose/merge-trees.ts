import { isNull, type Located, type LocatedEntry, type LocatedList, type LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { jsonKey } from '../schema/json-key.ts'
import { scalarText } from '../values/scalar-text.ts'
import { fieldsNode, listNode, mapNode, nullNode, scalarNode, textAt, textNode } from './nodes.ts'
import { matches } from './paths.ts'

type Keys = readonly string[]
type Merge = (base: Located, over: Located, path: Keys, problems: Problems) => Located

/** The places where Compose merges otherwise than maps by their keys, lists one behind the other, and values by the later. */
const SPECIAL: readonly (readonly [merge: Merge, patterns: readonly string[]])[] = [
  [
    asSequence,
    [
      ...['annotations', 'build.args', 'build.additional_contexts', 'build.labels', 'deploy.labels', 'dns'],
      ...['dns_opt', 'dns_search', 'env_file', 'label_file', 'environment', 'labels', 'sysctls', 'tmpfs'],
      'volumes.*.volume.labels',
    ]
      .map((path) => `services.*.${path}`)
      .concat('networks.*.labels', 'volumes.*.labels'),
  ],
  [extraHosts, ['services.*.extra_hosts', 'services.*.build.extra_hosts']],
  [(_, over) => over, ['services.*.command', 'services.*.entrypoint', 'services.*.healthcheck.test']],
  [(_, over) => over, ['services.*.ulimits.*']],
  [build, ['services.*.build']],
  [dependsOn, ['services.*.depends_on']],
  [logging, ['services.*.logging']],
  [named, ['services.*.models', 'services.*.networks']],
  [ipamConfig, ['networks.*.ipam.config']],
]

/** A tree over another, as Compose merges the files of one stack, and a service over the one that it extends. */
export function mergeTrees(
  base: LocatedMap,
  over: LocatedMap,
  problems: Problems,
  path: Keys = [],
): LocatedMap {
  const entries = new Map(base.entries)
  for (const [key, entry] of over.entries) {
    const there = base.entries.get(key)
    const merged = there ? mergeEntries(there, entry, [...path, key], problems) : entry
    entries.set(key, merged)
  }
  return { ...base, entries }
}

function mergeEntries(base: LocatedEntry, over: LocatedEntry, path: Keys, problems: Problems): LocatedEntry {
  const value = mergeValues(base.value, over.value, path, problems)
  return { place: value === base.value ? base.place : over.place, value }
}

function mergeValues(base: Located, over: Located, path: Keys, problems: Problems): Located {
  const special = SPECIAL.find(([, patterns]) => patterns.some((pattern) => matches(path, pattern)))
  if (special) return special[0](base, over, path, problems)
  if (isNull(over)) return base
  if (base.kind === 'map' && over.kind === 'map') return mergeTrees(base, over, problems, path)
  if (base.kind === 'list' && over.kind === 'list')
    return listNode([...base.items, ...over.items], over.place)
  if (base.kind === 'scalar') return over
  const what = base.kind === 'map' ? 'a mapping' : 'a list'
  problems.error(
    over.place,
    path,
    `cannot override ${path.join('.')}`,
    `Write ${what}, as the file before it does.`,
  )
  return base
}

function asSequence(base: Located, over: Located): Located {
  return listNode([...sequence(base), ...sequence(over)], over.place)
}

function extraHosts(base: Located, over: Located): Located {
  const there = sequence(base)
  const keys = new Set(there.map(jsonKey))
  return listNode([...there, ...sequence(over).filter((item) => !keys.has(jsonKey(item)))], over.place)
}

/** `KEY: value` as `KEY=value`, each where it was written; one text as a list of it. */
function sequence(node: Located): readonly Located[] {
  if (node.kind === 'list') return node.items
  if (node.kind === 'scalar') return node.scalar.form === 'string' ? [node] : []
  const items = [...node.entries].flatMap(([key, { place, value }]) => {
    if (value.kind === 'list')
      return value.items.map((item) =>
        textNode(`${key}=${item.kind === 'scalar' ? scalarText(item.scalar) : ''}`, item.place),
      )
    if (value.kind === 'map') return []
    return [textNode(isNull(value) ? key : `${key}=${scalarText(value.scalar)}`, place)]
  })
  return items.toSorted((a, b) => ((textAt(a) ?? '') < (textAt(b) ?? '') ? -1 : 1))
}

function build(base: Located, over: Located, path: Keys, problems: Problems): Located {
  const long = (node: Located) =>
    node.kind === 'map' ? node : fieldsNode({ context: isNull(node) ? undefined : node }, node.place)
  return mergeTrees(long(base), long(over), problems, path)
}

function dependsOn(base: Located, over: Located, path: Keys, problems: Problems): Located {
  const long = (node: Located) => mapping(node, ({ place }) => startedNode(place))
  return mergeTrees(long(base), long(over), problems, path)
}

/** What a dependency is that says nothing more. */
export function startedNode(place: Located['place']): LocatedMap {
  const required = scalarNode({ form: 'bool', value: true }, place)
  return fieldsNode({ condition: textNode('service_started', place), required }, place)
}

function named(base: Located, over: Located, path: Keys, problems: Problems): Located {
  const long = (node: Located) => mapping(node, ({ place }) => nullNode(place))
  return mergeTrees(long(base), long(over), problems, path)
}

/** A list of names as a map. */
export function mapping(node: Located, value: (item: Located) => Located): LocatedMap {
  if (node.kind === 'map') return node
  const items = node.kind === 'list' ? node.items : []
  const entries = items.flatMap((item) => {
    const name = textAt(item)
    return name === undefined ? [] : [[name, { place: item.place, value: value(item) }] as const]
  })
  return mapNode(entries, node.place)
}

/** Options are merged where both have one driver, or either has none. */
function logging(base: Located, over: Located, path: Keys, problems: Problems): Located {
  if (base.kind !== 'map' || over.kind !== 'map') return over
  const [mine, theirs] = [textAt(base, 'driver'), textAt(over, 'driver')]
  const isOne = mine === theirs || mine === undefined || theirs === undefined
  return isOne ? mergeTrees(base, over, problems, path) : over
}

/** Pools by their subnet. */
function ipamConfig(base: Located, over: Located, path: Keys, problems: Problems): Located {
  const pools = (node: Located) =>
    (node.kind === 'list' ? node.items : []).filter((item) => item.kind === 'map')
  const found = new Map<string | undefined, LocatedMap>()
  for (const pool of [...pools(base), ...pools(over)]) {
    const subnet = textAt(pool, 'subnet')
    const there = found.get(subnet)
    found.set(subnet, there ? mergeTrees(there, pool, problems, path) : pool)
  }
  return listNode([...found.values()], over.place)
}

/** The list without items that a later one of the same meaning replaces: it stands where the first of them stood. */
export function withoutTwins(list: LocatedList, keyOf: (item: Located) => string | undefined): LocatedList {
  const found = new Map<string, Located>()
  list.items.forEach((item, index) => {
    found.set(keyOf(item) ?? `\0${index}`, item)
  })
  return { ...list, items: [...found.values()] }
}
