/** What the demo prints: numbered chapters, and under each what was done and how long it took. */
export class Transcript {
  #chapters = 0
  #muted = false
  readonly #start = performance.now()

  say(...lines: readonly string[]): void {
    if (this.#muted) return
    for (const line of lines) console.log(line)
  }

  /** What is still going on when the story has been broken off is of no interest any more. */
  mute(): void {
    this.#muted = true
  }

  chapter(title: string): void {
    this.#chapters++
    this.say('', `${this.#chapters}. ${title}`)
  }

  /** Does `step` and prints what it says it did. @throws what the step throws, once its line is printed. */
  async step<T>(what: string, step: () => Promise<T>, done: (result: T) => string = () => what): Promise<T> {
    const start = performance.now()
    try {
      const result = await step()
      this.say(`   ok    ${done(result)}  (${duration(performance.now() - start)})`)
      return result
    } catch (error) {
      this.say(`   FAIL  ${what}`)
      throw error
    }
  }

  end(): void {
    this.say('', `All of it worked, in ${duration(performance.now() - this.#start)}.`)
  }
}

/** 0.1 s and more in seconds, less in milliseconds. */
export function duration(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`
}
