import { resolvePlain } from '../parse/resolve-scalar.ts'

/**
 * The lines of a string as Docker's YAML library writes it, the first with a space before it: plain where it is read back as
 * the same string, also by readers of YAML 1.1; several lines as a literal block; else in quotes.
 */
export function scalarLines(text: string, indent: string, as: 'value' | 'key' = 'value'): readonly string[] {
  const look = lookOf(text)
  if (text.includes('\n')) {
    if (as === 'key' || !look.blockAllowed) return [` ${doubleQuoted(text)}`]
    return literal(text, indent)
  }
  if (resolvePlain(text).form !== 'string' || OLD_BOOLEAN.test(text) || SEXAGESIMAL.test(text))
    return [` ${doubleQuoted(text)}`]
  if (look.plainAllowed) return [` ${text}`]
  return [` ${look.singleAllowed ? `'${text.replaceAll("'", "''")}'` : doubleQuoted(text)}`]
}

const OLD_BOOLEAN = /^(y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/
const SEXAGESIMAL = /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/

interface Look {
  readonly plainAllowed: boolean
  readonly singleAllowed: boolean
  readonly blockAllowed: boolean
}

const BREAK = '[\\r\\n\\u0085\\u2028\\u2029]'
const INDICATOR =
  /^[#,[\]{}&*!|>'"%@`]|^[?:-](?=[ \t\r\n]|$)|^---|^\.\.\.|:(?=[ \t]|$)|(?<=[ \t\r\n\u0085\u2028\u2029])#/
const SPACE_BEFORE_BREAK = new RegExp(` ${BREAK}`)
const SPACE_AFTER_BREAK = new RegExp(`${BREAK} `)
const BREAK_ANYWHERE = new RegExp(BREAK)
const OUTER_SPACE = new RegExp(`^ |^${BREAK}| $|${BREAK}$`)
// What Go takes for printable; characters beyond the first plane are not.
const SPECIAL = /[^\n\t\x20-\x7e\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd]/

function lookOf(text: string): Look {
  const special = SPECIAL.test(text) || SPACE_BEFORE_BREAK.test(text)
  const singleAllowed = !special && !text.includes('\t') && !SPACE_AFTER_BREAK.test(text)
  const plainAllowed =
    singleAllowed && !OUTER_SPACE.test(text) && !BREAK_ANYWHERE.test(text) && !INDICATOR.test(text)
  return { plainAllowed, singleAllowed, blockAllowed: !special && !text.endsWith(' ') }
}

function literal(text: string, indent: string): readonly string[] {
  const hint = /^[ \n\r\u0085\u2028\u2029]/.test(text) ? '2' : ''
  const chomp = text.endsWith('\n') ? (text === '\n' || text.endsWith('\n\n') ? '+' : '') : '-'
  // Docker's library ends the line of the mark with the first line break of the text, which is thereby lost.
  const written = text.startsWith('\n') ? text.slice(1) : text
  if (written === '') return [` |${hint}${chomp}`]
  const content = written.endsWith('\n') ? written.slice(0, -1) : written
  const inner = indent === '' ? '  ' : indent
  const lines = content.split('\n').map((line) => (line === '' ? '' : `${inner}${line}`))
  return [` |${hint}${chomp}`, ...lines]
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\u0085': 'N',
  '\u00a0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
}

function doubleQuoted(text: string): string {
  const escaped = [...text].map((character) => {
    if (/[^"\\\u2028\u2029\u0085\t]/.test(character) && !SPECIAL.test(character) && character !== '\n')
      return character
    const short = ESCAPES[character]
    if (short !== undefined) return `\\${short}`
    const code = character.codePointAt(0) ?? 0
    const [letter, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8]
    return `\\${letter}${code.toString(16).toUpperCase().padStart(Number(width), '0')}`
  })
  return `"${escaped.join('')}"`
}
