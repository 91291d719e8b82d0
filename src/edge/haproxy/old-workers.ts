import type { ServerOf } from '../../core/haproxy/drain.ts'
import { CliSilent } from './cli.ts'
import type { OldWorkerCli } from './master.ts'
import { OldWorkerBound } from './old-worker-bound.ts'
import { OverdueSessions } from './overdue-sessions.ts'

/**
 * Sees to the workers that reloads have replaced and that stay for their sessions: ends the sessions that had their time,
 * and workers where they are too many. It does so beside the driver's calls, since each question to a worker that hangs
 * takes as long as its time-out; one look at a time.
 */
export class OldWorkers {
  readonly #master: OldWorkerCli
  readonly #most: number
  readonly #bound: OldWorkerBound
  readonly #overdue: OverdueSessions
  readonly #closing = new AbortController()
  #isDue = false
  #count = 0
  #running: Promise<void> | undefined
  #fault: unknown

  /** `now`: a clock that never steps, ms. */
  constructor(master: OldWorkerCli, most: number, now: () => number) {
    this.#master = master
    this.#most = most
    const { signal } = this.#closing
    this.#bound = new OldWorkerBound({ master, most, now, signal })
    this.#overdue = new OverdueSessions(master, signal)
  }

  /** Whether few more reloads are left before sessions end; as of the last look that is over. */
  get isCrowded(): boolean {
    return this.#count > this.#most / 2
  }

  /** There is one more, maybe. */
  reloaded(): void {
    this.#isDue = true
  }

  /** Ends the sessions that any old worker has with these servers, at the next look. */
  endSessions(servers: readonly ServerOf[]): void {
    this.#overdue.add(servers)
  }

  /**
   * Begins to end what is to end, if anything can be since the last call and no look is under way.
   * @throws what the look before has failed with, where nobody foresaw it.
   */
  look(): void {
    const fault = this.#fault
    this.#fault = undefined
    if (fault !== undefined) throw fault
    if (this.#running || this.#closing.signal.aborted) return
    if (!this.#isDue && !this.#overdue.isLeft) return
    this.#running = this.#look().finally(() => {
      this.#running = undefined
    })
  }

  /** Begins no look any more. Resolves when none is under way: a question under way runs into its time-out at most. */
  async close(): Promise<void> {
    this.#closing.abort()
    await this.#running
  }

  async #look(): Promise<void> {
    this.#isDue = false
    try {
      const processes = await this.#master.processes()
      await this.#overdue.end(processes.oldWorkers)
      await this.#bound.keep(processes)
      this.#count = processes.oldWorkers.length
      this.#isDue ||= this.isCrowded || this.#bound.isEnding
    } catch (error) {
      this.#isDue = true
      // Around a reload the master is away for a moment: the next look comes.
      if (!(error instanceof CliSilent)) this.#fault = error
    }
  }
}
