import { CliSilent } from './cli.ts'
import type { Master } from './master.ts'

/**
 * Bounds the workers that reloads have replaced and that stay for their sessions: beyond `most` the oldest are told to end.
 * HAProxy's own bound (mworker-max-reloads) counts reloads and not workers, so it would cut one long session off after a
 * few changes, however little it costs.
 */
export class OldWorkers {
  readonly #master: Master
  readonly #most: number
  #due = false

  constructor(master: Master, most: number) {
    this.#master = master
    this.#most = most
  }

  /** There is one more, maybe. */
  reloaded(): void {
    this.#due = true
  }

  /** Ends those that are too many, if any can be since the last call. */
  async trim(): Promise<void> {
    if (!this.#due) return
    try {
      const { oldWorkers } = await this.#master.processes()
      const byAge = oldWorkers.toSorted((a, b) => b.reloads - a.reloads)
      for (const { pid } of byAge.slice(0, Math.max(0, byAge.length - this.#most))) end(pid)
      this.#due = false
    } catch (error) {
      // Around a reload the master is away for a moment: the next look comes.
      if (!(error instanceof CliSilent)) throw error
    }
  }
}

/** SIGTERM: at once, sessions and all (management manual, 4). */
function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM')
  } catch {
    // It has ended by itself.
  }
}
