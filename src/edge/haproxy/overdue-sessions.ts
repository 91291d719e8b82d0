import type { ServerOf } from '../../core/haproxy/drain.ts'
import { proxyName } from '../../core/haproxy/proxy-name.ts'
import type { OldWorker } from '../../core/haproxy/show-proc.ts'
import { CliSilent } from './cli.ts'
import type { OldWorkerCli } from './master.ts'

/** Sessions that old workers have with servers that left, and that had their time. */
export class OverdueSessions {
  readonly #master: OldWorkerCli
  readonly #signal: AbortSignal
  /** Those that no old worker was told of yet. */
  #servers: ServerOf[] = []
  /** What each old worker has to end still, by its pid. */
  readonly #left = new Map<number, readonly ServerOf[]>()

  /** Once `signal` aborts, no further worker is asked. */
  constructor(master: OldWorkerCli, signal: AbortSignal) {
    this.#master = master
    this.#signal = signal
  }

  get isLeft(): boolean {
    return this.#servers.length > 0 || this.#left.size > 0
  }

  add(servers: readonly ServerOf[]): void {
    this.#servers.push(...servers)
  }

  /** Ends them in each of these workers; in one that does not answer, at a later call. */
  async end(oldWorkers: readonly OldWorker[]): Promise<void> {
    const pids = new Set(oldWorkers.map(({ pid }) => pid))
    for (const pid of this.#left.keys()) if (!pids.has(pid)) this.#left.delete(pid)
    const servers = this.#servers
    this.#servers = []
    if (servers.length > 0)
      for (const pid of pids) this.#left.set(pid, [...(this.#left.get(pid) ?? []), ...servers])
    for (const [pid, left] of this.#left) {
      if (this.#signal.aborted) return
      try {
        await this.#endSessionsOf(pid, left)
        this.#left.delete(pid)
      } catch (error) {
        if (!(error instanceof CliSilent)) throw error
      }
    }
  }

  /** One by one: an old worker's proxies are disabled, and `shutdown sessions server` is refused there (2.6, 3.0). */
  async #endSessionsOf(pid: number, left: readonly ServerOf[]): Promise<void> {
    const sessions = await this.#master.sessionsOf(pid)
    const servers = new Set(left.map(({ key, name }) => `${proxyName(key)}/${name}`))
    const overdue = sessions.filter(({ proxy, server }) => servers.has(`${proxy}/${server}`))
    await this.#master.endSessions(
      pid,
      overdue.map(({ id }) => id),
    )
  }
}
