import { compareKeys } from '../go-order.ts'
import { floatText } from '../values/scalar-text.ts'
import type { YamlValue } from '../yaml-value.ts'
import { scalarLines } from './yaml-scalar.ts'

/** What is printed: a list of fields keeps its order, a map is sorted; what is `undefined` is left out. */
export type Printable = YamlValue | Fields | readonly Printable[] | ReadonlyMap<string, Printable> | undefined

/** The fields of an object in the order in which they are printed. */
export class Fields {
  readonly entries: readonly (readonly [key: string, value: Printable])[]

  constructor(entries: readonly (readonly [key: string, value: Printable])[]) {
    this.entries = entries.filter(([, value]) => value !== undefined)
  }
}

/** YAML as Docker's library writes it with an indentation of two. */
export function yamlText(value: Printable): string {
  return `${block(value, '').join('\n').trimStart()}\n`
}

/** The lines of a value; the first goes on where a key or a dash ended. */
function block(value: Printable, indent: string): readonly string[] {
  if (value === null || value === undefined) return [' null']
  if (typeof value === 'string') return scalarLines(value, indent)
  if (typeof value === 'number') return [` ${Number.isSafeInteger(value) ? value : floatText(value)}`]
  if (typeof value === 'bigint' || typeof value === 'boolean') return [` ${value}`]
  if (value instanceof Fields) return mapBlock(value.entries, indent)
  if (isList(value)) return listBlock(value, indent)
  const entries = [...value].filter(([, item]) => item !== undefined)
  return mapBlock(
    entries.sort(([a], [b]) => compareKeys(a, b)),
    indent,
  )
}

function mapBlock(entries: Fields['entries'], indent: string): readonly string[] {
  if (entries.length === 0) return [' {}']
  const lines = ['']
  for (const [key, value] of entries) {
    const [first = '', ...rest] = block(value, `${indent}  `)
    const [name = ''] = scalarLines(key, indent, 'key')
    // What is longer can't be followed by a colon on its line.
    if (name.length > 1 + LONGEST_KEY) lines.push(`${indent}?${name}`, `${indent}:${first || ''}`, ...rest)
    else lines.push(`${indent}${name.slice(1)}:${first}`, ...rest)
  }
  return lines
}

const LONGEST_KEY = 128

function listBlock(items: readonly Printable[], indent: string): readonly string[] {
  if (items.length === 0) return [' []']
  const lines = ['']
  for (const item of items) {
    const [first = '', ...rest] = block(item, `${indent}  `)
    const [inner, ...more] = rest
    // The first entry of a map or list in a list stands beside the dash.
    if (first === '' && inner !== undefined)
      lines.push(`${indent}- ${inner.slice(indent.length + 2)}`, ...more)
    else lines.push(`${indent}-${first}`, ...rest)
  }
  return lines
}

function isList(value: readonly Printable[] | ReadonlyMap<string, Printable>): value is readonly Printable[] {
  return Array.isArray(value)
}
