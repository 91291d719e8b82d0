/** A clock that stands still until it is told to go on. */
export class VirtualClock {
  #now = 0
  readonly #sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()

  now(): number {
    return this.#now
  }

  async sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      const sleeper = { at: this.#now + ms, wake: resolve }
      this.#sleepers.add(sleeper)
      signal.addEventListener('abort', () => {
        this.#sleepers.delete(sleeper)
        resolve()
      })
    })
  }

  /** Goes on by so many milliseconds, from sleeper to sleeper; each finishes what it does without waiting again. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms
    for (;;) {
      await idle()
      const next = [...this.#sleepers].sort((a, b) => a.at - b.at)[0]
      if (!next || next.at > end) break
      this.#now = next.at
      this.#sleepers.delete(next)
      next.wake()
    }
    this.#now = end
  }
}

/** Resolves when every promise that could go on has gone on. */
function idle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
