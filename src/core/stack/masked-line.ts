import { isSecret } from './secrecy.ts'

/** What stands for a value that is not shown. */
const MASK = '…'

/** Below these any word may be a secret. */
const ALWAYS = new Set(['command', 'entrypoint', 'content', 'test'])
/** Below these are names and values of anybody's own. */
const PAIRS = new Set(['environment', 'labels', 'args', 'driver_opts', 'options'])
/** What is called so holds names. */
const NAMES = new Set(['secrets', 'configs'])

/** A value in a line, and the keys that lead to it. */
interface Value {
  readonly start: number
  readonly end: number
  readonly keys: readonly string[]
}

/** The lines of a text, and of each the one that it is below, by its indent; -1 for none. */
export interface Outline {
  readonly lines: readonly string[]
  readonly parents: readonly number[]
}

export interface MaskedLine {
  readonly text: string
  /** Where the column is that was asked about. */
  readonly column: number
}

/**
 * A line of a stack file without what may be secret in it. In the line of the fault a variable is shown that does not look
 * like one. It goes by the form of YAML as people write it, line by line: the file may be none.
 * @param at the line, from 0
 * @param column of the fault, from 1; none: it is in another line
 */
export function maskedLine(outline: Outline, at: number, column?: number): MaskedLine {
  let text = outline.lines[at] ?? ''
  let shifted = column ?? 1
  const above = keysAbove(outline, at)
  for (const value of valuesOf(text).toReversed()) {
    const start = hiddenFrom(text, { ...value, keys: [...above, ...value.keys] }, column !== undefined)
    if (start === undefined || start >= value.end) continue
    text = `${text.slice(0, start)}${MASK}${text.slice(value.end)}`
    if (shifted > value.end) shifted -= value.end - start - MASK.length
    else if (shifted > start) shifted = start + 1
  }
  return { text, column: shifted }
}

/** Where what is not shown of a value begins; undefined: all of it is shown. */
function hiddenFrom(text: string, { start, end, keys }: Value, isFault: boolean): number | undefined {
  const written = text.slice(start, end)
  const [, before = '', name, value = written] = /^(["']?([\w.-]+)=)(.*)$/s.exec(written) ?? []
  const key = name ?? keys.at(-1) ?? ''
  const from = start + before.length
  if (keys.some((one) => ALWAYS.has(one)) || keys[0]?.startsWith('x-')) return start
  const isPair = keys.some((one) => PAIRS.has(one)) || (keys.length === 0 && name !== undefined)
  if (isPair && !isFault) return from
  return isSecret(NAMES.has(key) ? '' : key, value) ? from : undefined
}

/** The keys that a line is below, the outermost first. */
function keysAbove({ lines, parents }: Outline, at: number): string[] {
  const keys: string[] = []
  for (let index = parents[at] ?? -1; index >= 0; index = parents[index] ?? -1) {
    const key = blockKey(lines[index] ?? '')
    if (key) keys.unshift(key.name)
  }
  return keys
}

export function outlined(text: string): Outline {
  const lines = text.split(/\r?\n/)
  const open: { readonly at: number; readonly indent: number; readonly isItem: boolean }[] = []
  const parents = lines.map((line, at) => {
    const [indent, isItem] = formOf(line)
    const above = open.findLastIndex(
      (outer) => outer.indent < indent || (outer.indent === indent && isItem && !outer.isItem),
    )
    const parent = open[above]?.at ?? -1
    if (!/^\s*(#|$)/.test(line)) open.splice(above + 1, open.length, { at, indent, isItem })
    return parent
  })
  return { lines, parents }
}

function formOf(line: string): [indent: number, isItem: boolean] {
  const indent = /^\s*/.exec(line)?.[0].length ?? 0
  return [indent, /^-(\s|$)/.test(line.slice(indent))]
}

/** The key that a line begins with, behind the hyphens of lists, and where what is behind it begins. */
function blockKey(line: string): { readonly name: string; readonly end: number } | undefined {
  const [whole, quoted, single, plain] =
    /^\s*(?:-\s+)*(?:"([^"]*)"|'([^']*)'|([^\s"'{}[\],#&*!|>-][^{}[\]]*?))\s*:(?=\s|$)/.exec(line) ?? []
  return whole === undefined ? undefined : { name: quoted ?? single ?? plain ?? '', end: whole.length }
}

/** The values of a line, in order. */
function valuesOf(line: string): Value[] {
  const key = blockKey(line)
  const lead = key?.end ?? /^\s*(?:-\s+)*/.exec(line)?.[0].length ?? 0
  const behind = /^\s*(?:[&!][^\s]*\s+)*/.exec(line.slice(lead))?.[0].length ?? 0
  const start = lead + behind
  const outer = key ? [key.name] : []
  const rest = line.slice(start).trimEnd()
  if (/^[{[]/.test(rest)) return flowValues(line, start, outer)
  return rest === '' || /^([|>][-+\d]*|\*\S+|[&!]\S*)$/.test(rest)
    ? []
    : [{ start, end: start + rest.length, keys: outer }]
}

const TOKEN =
  /\s+|"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|[{}[\],]|:(?=[\s"'{[]|$)|(?:[^\s{}[\],:]|:(?!\s|$)| (?! |#)(?=[^\s{}[\],:]))+/g

/** The values of `{a: b, c: [d]}`. */
function flowValues(line: string, from: number, outer: readonly string[]): Value[] {
  const values: Value[] = []
  /** The key of each map that is open; none in a list. */
  const open: (string | undefined)[] = []
  for (const { 0: token, index } of line.slice(from).matchAll(TOKEN)) {
    const start = from + index
    const end = start + token.length
    if (/^[{[]$/.test(token)) open.push(undefined)
    else if (/^[}\]]$/.test(token)) open.pop()
    else if (token === ',') open.splice(-1, 1, undefined)
    else if (/^(\s|:$)/.test(token)) continue
    else if (/^\s*:(\s|["'{[]|$)/.test(line.slice(end))) open.splice(-1, 1, token.replace(/^["']|["']$/g, ''))
    else values.push({ start, end, keys: [...outer, ...open.filter((key) => key !== undefined)] })
  }
  return values
}
