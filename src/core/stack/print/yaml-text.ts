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
    const printed = block(value, `${indent}  `)
    if (isSimpleKey(key)) {
      const [name = ''] = scalarLines(key, indent, 'key')
      lines.push(`${indent}${name.slice(1)}:${printed[0]}`, ...printed.slice(1))
    } else
      lines.push(...marked('?', scalarLines(key, `${indent}  `), indent), ...marked(':', printed, indent))
  }
  return lines
}

/** A longer key, or one of several lines, does not stand before its colon on one line. */
function isSimpleKey(key: string): boolean {
  return !/[\r\n\u0085\u2028\u2029]/.test(key) && bytesOf(key) <= LONGEST_KEY
}

/** In UTF-8. */
function bytesOf(text: string): number {
  const sizes = [...text].map((character) => {
    const code = character.codePointAt(0) ?? 0
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
  })
  return sizes.reduce((sum, size) => sum + size, 0)
}

/** Bytes. */
const LONGEST_KEY = 128

/** Lines behind a mark; the first entry of a map or list stands beside it. */
function marked(mark: string, lines: readonly string[], indent: string): readonly string[] {
  const [first = '', inner, ...rest] = lines
  if (first === '' && inner !== undefined)
    return [`${indent}${mark} ${inner.slice(indent.length + 2)}`, ...rest]
  return [`${indent}${mark}${first}`, ...lines.slice(1)]
}

function listBlock(items: readonly Printable[], indent: string): readonly string[] {
  if (items.length === 0) return [' []']
  return ['', ...items.flatMap((item) => marked('-', block(item, `${indent}  `), indent))]
}

function isList(value: readonly Printable[] | ReadonlyMap<string, Printable>): value is readonly Printable[] {
  return Array.isArray(value)
}
