import { setImmediate } from 'node:timers/promises'
import type { Steps } from '../core/steps.ts'

/** How long one thing is worked on before everything else has its turn, ms. */
const SLICE = 10

/** Does long work one after the other, in slices, so that whoever wants little never waits for long. */
export class SliceQueue {
  readonly #now: () => number
  #last: Promise<unknown> = Promise.resolve()

  /** @param now a clock that never steps, ms */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Resolves with what the work gives, or rejects with what it throws. */
  run<Result>(steps: Steps<Result>): Promise<Result> {
    const result = this.#last.then(() => this.#work(steps))
    this.#last = result.catch(() => {})
    return result
  }

  async #work<Result>(steps: Steps<Result>): Promise<Result> {
    for (;;) {
      await setImmediate()
      const end = this.#now() + SLICE
      do {
        const step = steps.next()
        if (step.done) return step.value
      } while (this.#now() < end)
    }
  }
}
