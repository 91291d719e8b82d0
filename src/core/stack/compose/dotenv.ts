import type { Variables } from '../interpolate/substitute.ts'
import { readUtf8 } from '../parse/utf8.ts'
import { substitute } from './substitute.ts'

/** What is looked up first for a variable in a value: before the variables of the file so far. */
export type LookUp = (name: string) => string | undefined

/** The line and the reason for which a file cannot be read. */
export class EnvFileFault extends Error {
  override readonly name = 'EnvFileFault'
}

/**
 * The variables of a `.env` or an env_file, as Compose reads it: `KEY=VALUE` or `KEY: VALUE`, with `export` before it or
 * not; quotes, which may hold several lines; `$NAME` but in single quotes; ` #` begins a comment. A key alone takes its
 * value from `lookUp`, or is left out.
 * @throws EnvFileFault
 */
export function readDotenv(bytes: Uint8Array, lookUp: LookUp): ReadonlyMap<string, string> {
  const read = readUtf8(bytes)
  if ('badAt' in read) throw new EnvFileFault('the file is not UTF-8 text')
  return new DotenvReader(read.text, lookUp).read()
}

/** What Go takes for white space, but for the end of a line. */
const SPACE = /[\t\v\f\r \u0085\u00a0]/
const KEY_CHARACTER = /[\p{L}\p{N}_.\-[\]]/u

class DotenvReader {
  readonly #text: string
  readonly #lookUp: LookUp
  readonly #found = new Map<string, string>()
  #at = 0

  constructor(text: string, lookUp: LookUp) {
    this.#text = text
    this.#lookUp = lookUp
  }

  read(): ReadonlyMap<string, string> {
    for (;;) {
      this.#skip(/\s/)
      if (this.#at >= this.#text.length) return this.#found
      if (this.#text[this.#at] === '#') this.#skip(/[^\n]/)
      else this.#statement()
    }
  }

  #skip(what: RegExp): void {
    while (this.#at < this.#text.length && what.test(this.#text.charAt(this.#at))) this.#at += 1
  }

  #statement(): void {
    const [exported] = /^export\s+/.exec(this.#text.slice(this.#at, this.#at + 100)) ?? []
    this.#at += exported?.length ?? 0
    const { key, hasValue } = this.#key()
    if (key.includes(' ')) throw this.#fault('key cannot contain a space')
    const value = hasValue ? this.#value() : this.#lookUp(key)
    if (value !== undefined) this.#found.set(key, value)
  }

  #key(): { key: string; hasValue: boolean } {
    const start = this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at)
      if (character === '=' || character === ':' || character === '\n') {
        const key = this.#text.slice(start, this.#at).trimEnd()
        this.#at += 1
        if (character !== '\n') this.#skip(SPACE)
        return { key, hasValue: character !== '\n' }
      }
      if (!SPACE.test(character) && !KEY_CHARACTER.test(character)) {
        // Not the line, as Compose has it: it may be one of a secret with several lines.
        throw this.#fault(`unexpected character ${JSON.stringify(character)} in a variable's name`)
      }
    }
    return { key: this.#text.slice(start).trimEnd(), hasValue: false }
  }

  #value(): string {
    const quote = this.#text[this.#at]
    if (quote === '"' || quote === "'") return this.#quoted(quote)
    const end = this.#text.indexOf('\n', this.#at)
    const line = this.#text.slice(this.#at, end < 0 ? undefined : end)
    this.#at = end < 0 ? this.#text.length : end + 1
    return this.#expanded((line.split(' #')[0] ?? '').trimEnd())
  }

  #quoted(quote: string): string {
    const start = this.#at
    let value = ''
    for (this.#at += 1; this.#at < this.#text.length; this.#at++) {
      const character = this.#text.charAt(this.#at)
      if (character === quote) {
        this.#at += 1
        return quote === '"' ? this.#expanded(unescaped(value)) : value
      }
      // A backslash keeps its meaning for later, but for that before the quote.
      if (character === '\\' && this.#at + 1 < this.#text.length) {
        this.#at += 1
        const next = this.#text.charAt(this.#at)
        value += next === quote ? next : `\\${next}`
      } else value += character
    }
    this.#at = start
    throw this.#fault('unterminated quoted value')
  }

  #expanded(value: string): string {
    const known: Variables = { get: (name: string) => this.#lookUp(name) ?? this.#found.get(name) }
    const { text, errors } = substitute(value, known)
    const [error] = errors
    if (error) throw this.#fault(error.detail)
    return text
  }

  #fault(why: string): EnvFileFault {
    const line = this.#text.slice(0, this.#at).split('\n').length
    return new EnvFileFault(`line ${line}: ${why}`)
  }
}

const SHORT: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // `\$` stays a dollar where variables are put in.
  $: '$$',
}

/** Go's escapes in double quotes; others stay as they are. */
function unescaped(value: string): string {
  return value.replace(/\\([abcfnrtv$"\\]|0\d{0,3})/g, (whole, what: string) => {
    const octal = /^0([0-7]{3})$/.exec(what)?.[1]
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
    return SHORT[what] ?? whole
  })
}
