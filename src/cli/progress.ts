import type { Terminal } from './terminal.ts'

/** Milliseconds after which people wonder. */
const PATIENCE = 1_000

/** Waits for `work`; after a second it shows on a watched terminal what it waits for, and for how long. */
export async function withProgress<T>(terminal: Terminal, what: string, work: Promise<T>): Promise<T> {
  if (!terminal.isWatched) return work
  let seconds = 0
  const timer = setInterval(() => {
    seconds++
    terminal.err(`\r${what} … ${seconds} s`)
  }, PATIENCE)
  try {
    return await work
  } finally {
    clearInterval(timer)
    if (seconds > 0) terminal.err('\r\x1b[K')
  }
}
