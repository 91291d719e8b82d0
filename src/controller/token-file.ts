import { parseBearer } from '../wire/bearer.ts'

/** The tokens in a file, as they are at the moment: they can be changed without a restart. */
export class TokenFile {
  readonly #path: string
  readonly #edges: number
  readonly #readFile: (path: string) => string

  /** @param edges how many edges there are: one token for all of them, or one each in their order. */
  constructor(path: string, edges: number, readFile: (path: string) => string) {
    this.#path = path
    this.#edges = edges
    this.#readFile = readFile
  }

  /** @throws Error saying what is wrong with the file, without its content. */
  token(index: number): string {
    const tokens = this.#readFile(this.#path)
      .split(/[\s,]+/)
      .filter((text) => text !== '')
    if (tokens.length !== 1 && tokens.length !== this.#edges)
      throw new Error(
        `${this.#path} has ${tokens.length} tokens for ${this.#edges} edges: one, or one for each`,
      )
    const token = tokens[index] ?? tokens[0] ?? ''
    if (!parseBearer(token))
      throw new Error(`${this.#path}: a token has the form hp1.<fingerprint>.<id>.<secret>`)
    return token
  }
}
