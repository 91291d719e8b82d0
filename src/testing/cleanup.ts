/**
 * How the tools of this folder hand over what must be undone: vitest's `onTestFinished`, or a stack's `defer` where there
 * is no test (suites, the demo, benchmarks).
 */
export type Defer = (release: () => void | Promise<void>) => void

/** What must be undone, in the reverse of the order in which it was done. */
export class CleanupStack {
  readonly #releases: (() => void | Promise<void>)[] = []
  #released = false

  /** What comes when everything else is undone already (a start that an interrupt overtook) is undone at once. */
  readonly defer: Defer = (release) => {
    if (this.#released) void release()
    else this.#releases.push(release)
  }

  /**
   * Undo everything, also what comes after a release that failed.
   * @throws AggregateError of what failed.
   */
  async release(): Promise<void> {
    this.#released = true
    const failures: unknown[] = []
    for (let release = this.#releases.pop(); release; release = this.#releases.pop()) {
      try {
        await release()
      } catch (error) {
        failures.push(error)
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'not everything could be cleaned up')
  }
}
