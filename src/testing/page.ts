import { readFileSync } from 'node:fs'

/** A page of the docs that tests follow: its commands stand below `<!-- run: NAME -->`, its files below `<!-- file: NAME -->`. */
export class Page {
  readonly #path: string
  readonly #text: string

  constructor(path: string) {
    this.#path = path
    this.#text = readFileSync(path, 'utf8')
  }

  /** The commands called so, as they are written there. */
  commands(name: string): string {
    return this.#block(`run: ${name}`)
  }

  file(name: string): string {
    return this.#block(`file: ${name}`)
  }

  #block(mark: string): string {
    const [, text] = new RegExp(`<!-- ${mark} -->\n\n\`\`\`\\w+\n([^]*?)\`\`\``).exec(this.#text) ?? []
    if (text === undefined) throw new Error(`${this.#path} has nothing marked ${mark}`)
    return text
  }
}
