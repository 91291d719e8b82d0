import { plain, type Terminal } from './terminal.ts'

/** Where the terminal does not say how wide it is. */
const COLUMNS = 80

/** Milliseconds in which nobody wonders. */
const PATIENCE = 1_000

/** A line on a watched terminal that says how things stand now, and goes when they are done. None where nobody watches. */
export class LiveLine {
  readonly #terminal: Terminal
  readonly #since = performance.now()
  #shown = false

  constructor(terminal: Terminal) {
    this.#terminal = terminal
  }

  show(text: string): void {
    const passed = performance.now() - this.#since
    if (!this.#terminal.isWatched || passed < PATIENCE) return
    const line = `${plain(text)} … ${Math.round(passed / 1000)} s`
    const most = (this.#terminal.columns ?? COLUMNS) - 1
    this.#terminal.err(`\r\x1b[K${line.length > most ? `${line.slice(0, most - 1)}…` : line}`)
    this.#shown = true
  }

  /** Says what is under way while it is, second by second, and the line goes. */
  async during<T>(text: string, work: Promise<T>): Promise<T> {
    const timer = setInterval(() => this.show(text), PATIENCE)
    try {
      return await work
    } finally {
      clearInterval(timer)
      this.clear()
    }
  }

  clear(): void {
    if (this.#shown) this.#terminal.err('\r\x1b[K')
    this.#shown = false
  }
}
