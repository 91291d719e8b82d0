import { type Alias, isAlias, isMap, isScalar, isSeq, type YAMLMap, type YAMLSeq } from 'yaml'
import type { Located, LocatedEntry, LocatedMap, MergeTag } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { AliasBudget } from './alias-budget.ts'
import { isMergeKey, mergedEntries } from './merge-key.ts'
import type { Placing } from './parse-text.ts'
import { keyFault, readKey } from './read-key.ts'
import { readScalar } from './read-scalar.ts'

/** Levels of nesting. A stack file has about ten. */
const DEEPEST = 100

/** Makes located values of the library's nodes. Docker's rules of keys, merge keys and scalars are these. */
export class TreeReader {
  readonly #placing: Placing
  readonly #problems: Problems
  readonly #budget = new AliasBudget()
  /** By the anchor; `undefined`: being read just now. */
  readonly #anchors = new Map<string, Located | undefined>()
  #depth = 0

  constructor(placing: Placing, problems: Problems) {
    this.#placing = placing
    this.#problems = problems
  }

  read(node: unknown): Located {
    if (isAlias(node)) return this.#alias(node)
    const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined
    if (anchor) this.#anchors.set(anchor, undefined)
    this.#depth += 1
    const value = tagged(node, this.#depth > DEEPEST ? this.#tooDeep(node) : this.#value(node))
    this.#depth -= 1
    if (anchor) this.#anchors.set(anchor, value)
    return value
  }

  #value(node: unknown): Located {
    if (isMap(node)) return this.#map(node)
    if (isSeq(node)) return this.#list(node)
    const place = this.#placeOf(node)
    if (!isScalar(node)) return { kind: 'scalar', scalar: { form: 'null', value: null }, place }
    return readScalar(node, place, this.#problems)
  }

  #list(node: YAMLSeq): Located {
    const items = node.items.map((item) => this.read(item))
    return this.#budget.weigh({ kind: 'list', items, place: this.#placeOf(node) }, items)
  }

  #map(node: YAMLMap): LocatedMap {
    const place = this.#placeOf(node)
    const own = new Map<string, LocatedEntry>()
    const merged: Located[] = []
    for (const { key, value } of node.items) {
      const keyPlace = this.#placeOf(key)
      const name = readKey(isAlias(key) ? this.read(key) : key)
      const located = value === null ? nothing(keyPlace) : this.read(value)
      if (name === undefined) this.#refuseKey(key, keyPlace)
      else if (own.has(name)) this.#refuseTwice(name, keyPlace, own.get(name)?.place)
      else {
        if (isMergeKey(key)) merged.push(located)
        own.set(name, { place: keyPlace, value: located })
      }
    }
    if (merged.length > 0) own.delete('<<')
    const entries = merged.reduce((map, source) => mergedEntries(map, source, this.#problems), own)
    const values = [...entries.values()].map(({ value }) => value)
    return this.#budget.weigh({ kind: 'map', entries, place }, values)
  }

  #alias(node: Alias): Located {
    const place = this.#placeOf(node)
    const target = this.#anchors.get(node.source)
    if (target && this.#budget.allows(target)) return target
    if (target)
      this.#once(
        place,
        'the aliases of this file stand for more than any stack holds',
        'Write fewer of them.',
      )
    else if (this.#anchors.has(node.source))
      this.#problems.error(
        place,
        [],
        `anchor '${node.source}' value contains itself`,
        'Write out what is meant.',
      )
    else
      this.#problems.error(
        place,
        [],
        `unknown anchor '${node.source}' referenced`,
        'Define it with & further up.',
      )
    return nothing(place)
  }

  #refuseKey(key: unknown, place: Place): void {
    const { detail, remedy } = keyFault(key)
    this.#problems.error(place, [], detail, remedy)
  }

  #refuseTwice(name: string, place: Place, first: Place | undefined): void {
    const detail = `mapping key ${JSON.stringify(name)} already defined at line ${first?.line ?? '?'}`
    this.#problems.error(place, [], detail, 'Keep one of the two, or put their values together.')
  }

  #tooDeep(node: unknown): Located {
    const place = this.#placeOf(node)
    this.#once(place, 'the file is nested too deeply', 'Give a stack file: this is hardly one.')
    return nothing(place)
  }

  /** There may be millions of the same. */
  #once(place: Place, detail: string, remedy: string): void {
    if (this.#problems.all.some((problem) => problem.detail === detail)) return
    this.#problems.error(place, [], detail, remedy)
  }

  #placeOf(node: unknown): Place {
    const range = isAlias(node) || isMap(node) || isSeq(node) || isScalar(node) ? node.range : undefined
    return this.#placing(range?.[0] ?? 0)
  }
}

function nothing(place: Place): Located {
  return { kind: 'scalar', scalar: { form: 'null', value: null }, place }
}

const MERGE_TAGS: Readonly<Record<string, MergeTag>> = { '!reset': 'reset', '!override': 'override' }

/** Swarm looks at no such tag. */
function tagged(node: unknown, value: Located): Located {
  const tag = isMap(node) || isSeq(node) || isScalar(node) ? node.tag : undefined
  const mergeTag = tag === undefined ? undefined : MERGE_TAGS[tag]
  return mergeTag ? { ...value, tag: mergeTag } : value
}
