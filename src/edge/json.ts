import { parse as parseLossless } from 'lossless-json'
import { allAtOnce, type Steps } from '../core/steps.ts'
import { MAX_DOCUMENT_VALUES } from '../wire/document.ts'
import { RequestRefused } from './request-refused.ts'

/** How deep a body may nest. A document needs five levels. */
export const MAX_DEPTH = 32

/** How many keys one object may have; a claim's has seven. What reads a body need not be quick with more. */
export const MAX_KEYS = 100

/** How many values a body may hold. */
export const MAX_VALUES = MAX_DOCUMENT_VALUES

/** How many characters are gone over in one step. */
const STEP = 65_536

/** A longer text that is no JSON is not read again for the place where it goes wrong: that would take too long. */
const SHORT = 262_144

const decoder = new TextDecoder('utf-8', { fatal: true })

/**
 * Read a JSON text strictly: valid UTF-8, no key twice in one object, no deeper than `MAX_DEPTH`.
 * @throws RequestRefused `json-invalid`, with the place where it goes wrong; never with words of the text itself; or
 * `body-too-large`.
 */
export function readJson(body: Uint8Array): unknown {
  return allAtOnce(readJsonInSteps(body))
}

/** The same in steps, for a body that is large. The longest takes 50 ms for 8 MB. */
export function* readJsonInSteps(body: Uint8Array): Steps<unknown> {
  const text = decode(body)
  yield* refuseOddities(text)
  yield
  try {
    return JSON.parse(text)
  } catch {
    if (text.length > SHORT) throw new RequestRefused('json-invalid', 'it is no JSON')
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
const COMMA = 0x2c

/**
 * What `JSON.parse` lets pass: duplicate keys, of which it takes the last where others take the first, and nesting and
 * values without end. Goes over any text, JSON or not, without recursion; what is no JSON is left for `JSON.parse` to
 * refuse.
 */
function* refuseOddities(text: string): Steps<void> {
  /** The keys of each object around this place; undefined for an array. */
  const around: (Set<string> | undefined)[] = []
  let values = 1
  let stop = STEP
  for (let position = 0; position < text.length; position++) {
    if (position >= stop) {
      stop = position + STEP
      yield
    }
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
        values += 1
        if (around.length > MAX_DEPTH)
          throw refused(`it nests deeper than ${MAX_DEPTH} levels`, text, position)
        break
      case 0x7d /* } */:
      case 0x5d /* ] */:
        around.pop()
        break
      case COMMA:
        values += 1
        if (values > MAX_VALUES) throw tooLarge(`it holds more than ${MAX_VALUES} values`)
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
  if (keys.size > MAX_KEYS) throw tooLarge(`an object in it has more than ${MAX_KEYS} keys`)
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

function tooLarge(what: string): RequestRefused {
  return new RequestRefused('body-too-large', what)
}

function refused(what: string, text: string, position: number): RequestRefused {
  const before = text.slice(0, position).split('\n')
  const column = (before.at(-1)?.length ?? 0) + 1
  return new RequestRefused('json-invalid', `${what}: line ${before.length}, column ${column}`)
}
