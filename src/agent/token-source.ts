import { type Pair, pairTokens } from './pairing.ts'
import type { Settings } from './settings.ts'

/** The edges with their tokens as they are now. */
export class TokenSource {
  readonly #settings: Pick<Settings, 'edges' | 'tokens'>
  readonly #readFile: (path: string) => string
  readonly #onFault: (fault: string) => void
  #pairs: readonly Pair[]
  #fault = ''

  /**
   * @param onFault is told once when the file cannot be used; the tokens that were good last are used on.
   * @throws Error when they are no good to begin with.
   */
  constructor(
    settings: Pick<Settings, 'edges' | 'tokens'>,
    readFile: (path: string) => string,
    onFault: (fault: string) => void,
  ) {
    this.#settings = settings
    this.#readFile = readFile
    this.#onFault = onFault
    this.#pairs = this.#read()
  }

  /** The edge's pair, from the file as it is at this moment. */
  pair(index: number): Pair {
    if (this.#settings.tokens.kind === 'file') this.#reread()
    const pair = this.#pairs[index]
    if (!pair) throw new RangeError(`there is no edge ${index}`)
    return pair
  }

  #reread(): void {
    try {
      this.#pairs = this.#read()
      this.#fault = ''
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      if (fault !== this.#fault) this.#onFault(fault)
      this.#fault = fault
    }
  }

  #read(): Pair[] {
    const { edges, tokens } = this.#settings
    return pairTokens(edges, tokens.kind === 'given' ? tokens.tokens : this.#readFile(tokens.path))
  }
}
