import { styleText } from 'node:util'

export type Style = 'green' | 'yellow' | 'red' | 'cyan' | 'magenta' | 'blue' | 'bold'

/** Where a command prints. */
export interface Terminal {
  /** What was asked for: may be piped into another program. */
  out(text: string): void
  /** Everything else: hints, errors, progress. */
  err(text: string): void
  /** Columns to stay within; none where the output is no terminal. */
  readonly columns: number | undefined
  /** Whether somebody watches `err`. */
  readonly isWatched: boolean
  paint(style: Style, text: string): string
}

/** Words from elsewhere as one line, without what a terminal would take for a command. */
export function plain(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ')
}

/** The program's own streams. Colours as NO_COLOR, FORCE_COLOR and the terminal have it. */
export function processTerminal(): Terminal {
  return {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    columns: process.stdout.isTTY ? process.stdout.columns : undefined,
    isWatched: process.stderr.isTTY === true,
    paint: (style, text) => styleText(style, text, { stream: process.stdout }),
  }
}
