/** Ends a watch whose other end may be gone without a word. */
export class Watchdog {
  readonly #bark: (ms: number) => void
  #end: NodeJS.Timeout | undefined
  #silence: NodeJS.Timeout | undefined

  /** @param bark is called after so many milliseconds of silence. */
  constructor(bark: (ms: number) => void) {
    this.#bark = bark
  }

  /** The watch should be over by then, whatever is heard. */
  endAfter(ms: number): void {
    this.#end = setTimeout(() => this.#bark(ms), ms)
  }

  /** From now on something should be heard that often, in milliseconds. */
  expect(ms: number): void {
    this.#silence ??= setTimeout(() => this.#bark(ms), ms)
  }

  heard(): void {
    this.#silence?.refresh()
  }

  stop(): void {
    clearTimeout(this.#end)
    clearTimeout(this.#silence)
  }
}
