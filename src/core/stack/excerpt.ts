import { maskedLine, outlined } from './masked-line.ts'
import type { Place } from './place.ts'

/** Lines shown before the one at fault. */
const BEFORE = 2

/** Characters of a line that are shown. */
const WIDTH = 110

/**
 * Shows places of a text: the line there and the ones before it, numbered, with a caret below the character, and without what
 * may be secret. The text is read once, however many places are asked about:
 *
 *     3 |   web:
 *     4 |     imag: nginx
 *       |     ^
 */
export function excerptsOf(text: string): (place: Place) => string {
  const outline = outlined(text)
  return ({ line, column }) => {
    const first = Math.max(1, line - BEFORE)
    const fault = maskedLine(outline, line - 1, column)
    const before = outline.lines
      .slice(first - 1, line - 1)
      .map((_, index) => maskedLine(outline, first - 1 + index).text)
    const shift = Math.max(0, fault.column - WIDTH + 20)
    const gutter = String(line).length
    const shown = [...before, fault.text].map((content, index) => {
      const cut = visible(content.slice(shift, shift + WIDTH))
      return `${String(first + index).padStart(gutter)} | ${cut}`.trimEnd()
    })
    const caret = `${' '.repeat(gutter)} | ${' '.repeat(Math.max(0, fault.column - 1 - shift))}^`
    return [...shown, caret].join('\n')
  }
}

/** Nothing that a file holds may command a terminal; every unit stays one column wide. */
function visible(text: string): string {
  return text.replace(/\t/g, ' ').replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '\uFFFD')
}
