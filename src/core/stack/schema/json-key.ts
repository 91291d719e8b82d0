import type { Located } from '../located.ts'

/** A text that is the same for values that are the same as JSON, in whatever order their keys are. */
export function jsonKey(node: Located): string {
  if (node.kind === 'list') return `[${node.items.map(jsonKey).join(',')}]`
  if (node.kind === 'scalar') {
    const { form, value } = node.scalar
    return form === 'string' || form === 'date' ? JSON.stringify(value) : String(value)
  }
  const entries = [...node.entries].map(([key, { value }]) => `${JSON.stringify(key)}:${jsonKey(value)}`)
  return `{${entries.sort().join(',')}}`
}
