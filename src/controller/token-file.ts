import { parseBearer } from '../wire/bearer.ts'
import { TokenUnreadable } from './token-unreadable.ts'

export interface TokenFileOptions {
  readonly path: string
  /** How many edges there are: one token for all of them, or one each in their order. */
  readonly edges: number
  readonly readFile: (path: string) => string
  /** Told once while the file cannot be used and what was in it goes on being used. */
  readonly onFault: (fault: string) => void
}

/** The tokens in a file, as they are at the moment: they can be changed without a restart, and may come late. */
export class TokenFile {
  readonly #options: TokenFileOptions
  /** The last that were good: a Secret that somebody deletes takes no port away. */
  #tokens: readonly string[] = []
  #fault = ''

  constructor(options: TokenFileOptions) {
    this.#options = options
  }

  /** @throws TokenUnreadable saying what is wrong with the file, without its content, while it was never good. */
  token(index: number): string {
    try {
      this.#tokens = this.#read()
      this.#fault = ''
    } catch (error) {
      if (this.#tokens.length === 0) throw error
      const fault = error instanceof Error ? error.message : String(error)
      if (fault !== this.#fault) this.#options.onFault(fault)
      this.#fault = fault
    }
    return this.#tokens[index] ?? this.#tokens[0] ?? ''
  }

  #read(): string[] {
    const { path, edges } = this.#options
    const tokens = this.#text()
      .split(/[\s,]+/)
      .filter((text) => text !== '')
    if (tokens.length !== 1 && tokens.length !== edges)
      throw new TokenUnreadable(
        `${path} has ${tokens.length} tokens for ${edges} edges: one, or one for each`,
      )
    if (!tokens.every((token) => parseBearer(token)))
      throw new TokenUnreadable(`${path}: a token has the form hp1.<fingerprint>.<id>.<secret>`)
    return tokens
  }

  #text(): string {
    const { path, readFile } = this.#options
    try {
      return readFile(path)
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
      throw new TokenUnreadable(`${path} cannot be read (${code})`)
    }
  }
}
