import type { Located } from '../located.ts'
import { itemsOf, mapNode, textAt, textNode } from './nodes.ts'

/** `- KEY=VALUE` as `KEY: VALUE`, each at its place. */
export function pairsAsMap(node: Located): Located {
  if (node.kind !== 'list') return node
  const entries = itemsOf(node).map((item) => {
    const text = textAt(item) ?? ''
    const at = text.indexOf('=')
    const [key, value] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
    return [key, { place: item.place, value: textNode(value, item.place) }] as const
  })
  return mapNode(entries, node.place)
}
