import type { Located, LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { jsonKey } from '../schema/json-key.ts'
import { entriesOf, itemsOf, mapNode, textAt, valueAt, withEntry } from './nodes.ts'

/** One entry of `include`. */
export interface Included {
  /** The first is the stack; the others are merged over it. */
  readonly paths: readonly string[]
  readonly projectDirectory: string | undefined
  readonly envFiles: readonly string[]
  readonly node: Located
}

/** The entries of `include`; what is wrong with them the schema says. */
export function readIncludes(tree: LocatedMap): readonly Included[] {
  return itemsOf(valueAt(tree, 'include')).map((node) => {
    const short = textAt(node)
    return {
      paths: short === undefined ? textsAt(node, 'path') : [short],
      projectDirectory: textAt(node, 'project_directory'),
      envFiles: textsAt(node, 'env_file'),
      node,
    }
  })
}

function textsAt(node: Located, key: string): readonly string[] {
  const one = textAt(node, key)
  return one === undefined ? itemsOf(valueAt(node, key)).flatMap((item) => textAt(item) ?? []) : [one]
}

const SECTIONS = ['services', 'volumes', 'networks', 'secrets', 'configs', 'models'] as const

/** Takes everything of an included stack into a file. What both have has to be the same. */
export function importInto(file: LocatedMap, included: LocatedMap, problems: Problems): LocatedMap {
  return SECTIONS.reduce((tree, section) => {
    const from = included.entries.get(section)
    if (from?.value.kind !== 'map') return tree
    const there = new Map(entriesOf(valueAt(tree, section)))
    for (const [name, entry] of from.value.entries) {
      const own = there.get(name)
      if (own === undefined) there.set(name, entry)
      else if (jsonKey(own.value) !== jsonKey(entry.value))
        problems.error(
          own.place,
          [section, name],
          `${section}.${name} conflicts with imported resource`,
          `Give one of the two another name; the other is at ${entry.place.file}:${entry.place.line}.`,
        )
    }
    const place = tree.entries.get(section)?.place ?? from.place
    return withEntry(tree, section, { place, value: mapNode(there, place) })
  }, file)
}
