import type { Cell } from './table.ts'
import type { Style } from './terminal.ts'

const STYLES: Readonly<Record<string, Style>> = {
  live: 'green',
  up: 'green',
  running: 'green',
  ready: 'green',
  stale: 'yellow',
  checking: 'yellow',
  refused: 'red',
  down: 'red',
  unavailable: 'red',
}

/** The colour that goes with a state's word, wherever it stands. */
export function styleOf(state: string): Style | undefined {
  return STYLES[state]
}

/** A state's word as a cell of a table. */
export function stateCell(text: string, state = text): Cell {
  const style = styleOf(state)
  return style ? { text, style } : { text }
}
