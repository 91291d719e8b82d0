import { setImmediate } from 'node:timers/promises'
import type { Steps } from '../core/steps.ts'

/** How long one thing is worked on before everything else has its turn, ms. */
const SLICE = 10

/** Works until it is done or `end` has come. Returns whether it is done. */
type Work = (end: number) => boolean

/**
 * Does long work in slices, so that whoever wants little never waits for long. Those who have work here take turns, a slice
 * each, so that nobody waits for all that another one wants; what one of them wants is done in its order.
 */
export class SliceQueue {
  readonly #now: () => number
  /** What each has to be done; whose turn it is comes first. */
  readonly #lines = new Map<string, Work[]>()

  /** @param now a clock that never steps, ms */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Resolves with what the work of `whose` gives, or rejects with what it throws. */
  run<Result>(whose: string, steps: Steps<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      const work = (end: number) => {
        try {
          do {
            const step = steps.next()
            if (!step.done) continue
            resolve(step.value)
            return true
          } while (this.#now() < end)
        } catch (error) {
          reject(error)
          return true
        }
        return false
      }
      this.#add(whose, work)
    })
  }

  #add(whose: string, work: Work): void {
    const isIdle = this.#lines.size === 0
    const line = this.#lines.get(whose)
    if (line) line.push(work)
    else this.#lines.set(whose, [work])
    if (isIdle) void this.#work()
  }

  async #work(): Promise<void> {
    while (this.#lines.size > 0) {
      await setImmediate()
      const [next] = this.#lines
      if (next) this.#slice(...next)
    }
  }

  #slice(whose: string, line: Work[]): void {
    if (line[0]?.(this.#now() + SLICE)) line.shift()
    this.#lines.delete(whose)
    if (line.length > 0) this.#lines.set(whose, line)
  }
}
