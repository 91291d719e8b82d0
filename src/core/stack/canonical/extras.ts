import { inOrder } from '../go-order.ts'
import type { Located, LocatedMap } from '../located.ts'
import { yamlDateText } from '../parse/go-date.ts'
import type { YamlMap, YamlValue } from '../yaml-value.ts'

/** The entries of a map that begin with `x-`, whatever is in them. */
export function extrasOf(node: LocatedMap): YamlMap {
  const extras = [...node.entries].filter(([key]) => key.startsWith('x-'))
  return inOrder(extras.map(([key, { value }]) => [key, plainValue(value)] as const))
}

function plainValue(node: Located): YamlValue {
  if (node.kind === 'list') return node.items.map(plainValue)
  if (node.kind === 'map')
    return inOrder([...node.entries].map(([key, { value }]) => [key, plainValue(value)] as const))
  return node.scalar.form === 'date' ? yamlDateText(node.scalar.value) : node.scalar.value
}
