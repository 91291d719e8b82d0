import type { Place } from './place.ts'

/** Lines shown before the one at fault. */
const BEFORE = 2

/** Characters of a line that are shown. */
const WIDTH = 110

/**
 * The line at a place and the ones before it, numbered, with a caret below the character:
 *
 *     3 |   web:
 *     4 |     imag: nginx
 *       |     ^
 */
export function excerptOf(text: string, { line, column }: Place): string {
  const lines = text.split(/\r?\n/)
  const first = Math.max(1, line - BEFORE)
  const shift = Math.max(0, column - WIDTH + 20)
  const gutter = String(line).length
  const shown = lines.slice(first - 1, line).map((content, index) => {
    const cut = visible(content.slice(shift, shift + WIDTH))
    return `${String(first + index).padStart(gutter)} | ${cut}`.trimEnd()
  })
  const caret = `${' '.repeat(gutter)} | ${' '.repeat(Math.max(0, column - 1 - shift))}^`
  return [...shown, caret].join('\n')
}

/** Nothing that a file holds may command a terminal; every unit stays one column wide. */
function visible(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
