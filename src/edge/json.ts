import { parse as parseLossless } from 'lossless-json'
import { RequestRefused } from './request-refused.ts'

/** How deep a body may nest. A document needs five levels. */
export const MAX_DEPTH = 32

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Read a JSON text strictly: valid UTF-8, no key twice in one object, no deeper than `MAX_DEPTH`.
 * @throws RequestRefused `json-invalid`, with the place where it goes wrong; never with words of the text itself.
 */
export function readJson(body: Uint8Array): unknown {
  const text = decode(body)
  refuseOddities(text)
  try {
    return JSON.parse(text)
  } catch {
    throw refused('it is no JSON', text, placeOfFault(text))
  }
}

function decode(body: Uint8Array): string {
  try {
    return decoder.decode(body)
  } catch {
    throw new RequestRefused('json-invalid', 'the body is not UTF-8')
  }
}

/** V8 names the place only now and then, so a text that it refused is read again by a parser that always does. */
function placeOfFault(text: string): number {
  try {
    parseLossless(text)
  } catch (error) {
    const [, position] = /at position (\d+)$/.exec(error instanceof Error ? error.message : '') ?? []
    if (position !== undefined) return Number(position)
  }
  return text.length
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COLON = 0x3a

/**
 * What `JSON.parse` lets pass: duplicate keys, of which it takes the last where others take the first, and nesting
 * without end. Goes over any text, JSON or not, without recursion; what is no JSON is left for `JSON.parse` to refuse.
 */
function refuseOddities(text: string): void {
  /** The keys of each object around this place; undefined for an array. */
  const around: (Set<string> | undefined)[] = []
  for (let position = 0; position < text.length; position++) {
    switch (text.charCodeAt(position)) {
      case QUOTE: {
        const end = endOfString(text, position)
        const keys = around.at(-1)
        if (keys && isKey(text, end)) noteKey(keys, text, position, end)
        position = end - 1
        break
      }
      case 0x7b /* { */:
      case 0x5b /* [ */:
        around.push(text[position] === '{' ? new Set() : undefined)
        if (around.length > MAX_DEPTH)
          throw refused(`it nests deeper than ${MAX_DEPTH} levels`, text, position)
        break
      case 0x7d /* } */:
      case 0x5d /* ] */:
        around.pop()
    }
  }
}

/** The place after the closing quote. */
function endOfString(text: string, start: number): number {
  for (let position = start + 1; position < text.length; position++) {
    const code = text.charCodeAt(position)
    if (code === QUOTE) return position + 1
    if (code === BACKSLASH) position++
  }
  return text.length
}

function isKey(text: string, end: number): boolean {
  let position = end
  while (' \t\r\n'.includes(text[position] ?? '-')) position++
  return text.charCodeAt(position) === COLON
}

function noteKey(keys: Set<string>, text: string, start: number, end: number): void {
  const key = canonicalKey(text.slice(start, end))
  if (keys.has(key)) throw refused('a key stands twice in one object', text, start)
  keys.add(key)
}

/** `"\u0061"` is the same key as `"a"`. */
function canonicalKey(quoted: string): string {
  if (!quoted.includes('\\')) return quoted
  try {
    return JSON.stringify(JSON.parse(quoted))
  } catch {
    return quoted
  }
}

function refused(what: string, text: string, position: number): RequestRefused {
  const before = text.slice(0, position).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return new RequestRefused('json-invalid', `${what}: line ${before.length}, column ${column}`)
}
