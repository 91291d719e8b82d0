import { plain, type Style, type Terminal } from './terminal.ts'

export interface Cell {
  readonly text: string
  readonly style?: Style
}

export type Row = readonly (Cell | string)[]

/** No column is squeezed below this. */
const NARROWEST = 8
const GAP = '  '

/**
 * Lines of a table, its columns as wide as they need to be. Where the terminal is too narrow the widest columns give way
 * first, and what does not fit ends in `…`.
 */
export function tableText(headers: readonly string[], rows: readonly Row[], terminal: Terminal): string {
  const all = [headers, ...rows].map((row) => row.map((cell) => cellOf(cell)))
  const widths = headers.map((_, index) => Math.max(...all.map((row) => row[index]?.text.length ?? 0)))
  if (terminal.columns !== undefined) squeeze(widths, terminal.columns - GAP.length * (widths.length - 1))
  const line = (row: readonly Cell[], isHeader: boolean) =>
    row
      .map(({ text, style }, index) => {
        const fitted = clip(text, widths[index] ?? 0, index === row.length - 1)
        const chosen = isHeader ? 'bold' : style
        return chosen === undefined ? fitted : terminal.paint(chosen, fitted)
      })
      .join(GAP)
      .trimEnd()
  return all.map((row, index) => `${line(row, index === 0)}\n`).join('')
}

function cellOf(cell: Cell | string): Cell {
  return typeof cell === 'string' ? { text: plain(cell) } : cell
}

function squeeze(widths: number[], room: number): void {
  for (let over = sum(widths) - room; over > 0; over--) {
    const widest = Math.max(...widths)
    if (widest <= NARROWEST) return
    widths[widths.lastIndexOf(widest)] = widest - 1
  }
}

function clip(text: string, width: number, isLast: boolean): string {
  if (text.length > width) return `${text.slice(0, width - 1)}…`
  return isLast ? text : text.padEnd(width)
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
