import type { ServerOf } from '../../core/haproxy/drain.ts'
import { proxyName } from '../../core/haproxy/proxy-name.ts'
import type { OldWorker } from '../../core/haproxy/show-proc.ts'
import { CliSilent } from './cli.ts'
import type { Master } from './master.ts'

/**
 * Sees to the workers that reloads have replaced and that stay for their sessions. Beyond `most` of them, those with the
 * fewest sessions are told to end. HAProxy's own bound (mworker-max-reloads) counts reloads and not workers, so it would
 * cut one long session off after a few changes, however little it costs.
 */
export class OldWorkers {
  readonly #master: Master
  readonly #most: number
  #isDue = false
  #count = 0
  #overdue: ServerOf[] = []

  constructor(master: Master, most: number) {
    this.#master = master
    this.#most = most
  }

  /** Whether few more reloads are left before sessions end; as of the last `look`. */
  get isCrowded(): boolean {
    return this.#count > this.#most / 2
  }

  /** There is one more, maybe. */
  reloaded(): void {
    this.#isDue = true
  }

  /** Ends the sessions that any old worker has with these servers, at the next look. */
  endSessions(servers: readonly ServerOf[]): void {
    this.#overdue.push(...servers)
  }

  /** Ends what is to end, if anything can be since the last call. */
  async look(): Promise<void> {
    if (!this.#isDue && this.#overdue.length === 0) return
    try {
      const { oldWorkers } = await this.#master.processes()
      if (this.#overdue.length > 0) for (const { pid } of oldWorkers) await this.#endSessionsOf(pid)
      this.#overdue = []
      if (oldWorkers.length > this.#most) await this.#endSome(oldWorkers)
      this.#count = oldWorkers.length
      this.#isDue = this.isCrowded
    } catch (error) {
      // Around a reload the master is away for a moment: the next look comes.
      if (!(error instanceof CliSilent)) throw error
    }
  }

  /** One by one: an old worker's proxies are disabled, and `shutdown sessions server` is refused there (2.6, 3.0). */
  async #endSessionsOf(pid: number): Promise<void> {
    const sessions = await this.#master.sessionsOf(pid)
    const servers = new Set(this.#overdue.map(({ key, name }) => `${proxyName(key)}/${name}`))
    const overdue = sessions.filter(({ proxy, server }) => servers.has(`${proxy}/${server}`))
    await this.#master.endSessions(
      pid,
      overdue.map(({ id }) => id),
    )
  }

  async #endSome(oldWorkers: readonly OldWorker[]): Promise<void> {
    const counted: { pid: number; reloads: number; sessions: number }[] = []
    for (const { pid, reloads } of oldWorkers) {
      const info = await this.#master.infoOf(pid)
      counted.push({ pid, reloads, sessions: info?.connections ?? 0 })
    }
    counted.sort((a, b) => a.sessions - b.sessions || b.reloads - a.reloads)
    for (const { pid } of counted.slice(0, counted.length - this.#most)) end(pid)
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
