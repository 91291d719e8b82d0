import { candidate } from '../../core/haproxy/candidate.ts'
import { configText } from '../../core/haproxy/config.ts'
import { includeStamp } from './include-stamp.ts'
import type { LoadRefused } from './load-refused.ts'
import type { Intent } from './preparation.ts'

/** How long the same attempt is taken to fail for the same reason, ms. */
const VALID = 30_000

/**
 * Remembers the last configuration that was refused as a whole, so that the same one is not tried every second: a reload that
 * fails can refuse all connections for two seconds. A change in the routes or in haproxy.d is tried at once.
 */
export class RefusalMemory {
  readonly #include: string
  readonly #now: () => number
  #last: { attempt: string; refusal: LoadRefused; until: number } | undefined

  constructor(include: string, now: () => number) {
    this.#include = include
    this.#now = now
  }

  async remember(intent: Intent, refusal: LoadRefused): Promise<void> {
    if (refusal.code !== 'haproxy-refused') return
    this.#last = { attempt: await this.#attempt(intent), refusal, until: this.#now() + VALID }
  }

  /** @throws LoadRefused when just this was refused a moment ago. */
  async check(intent: Intent): Promise<void> {
    if (!this.#last) return
    if (this.#now() < this.#last.until && this.#last.attempt === (await this.#attempt(intent))) {
      throw this.#last.refusal
    }
    this.#last = undefined
  }

  async #attempt({ ground, desired }: Intent): Promise<string> {
    const { config } = candidate(ground, desired, new Map(), undefined)
    return `${configText(config)}\n${await includeStamp(this.#include)}`
  }
}
