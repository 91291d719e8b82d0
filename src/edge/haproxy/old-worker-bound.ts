import type { OldWorker, ShowProc } from '../../core/haproxy/show-proc.ts'
import { CliSilent } from './cli.ts'
import type { OldWorkerCli } from './master.ts'

export interface OldWorkerBoundParts {
  readonly master: OldWorkerCli
  readonly most: number
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** Once it aborts, no further worker is asked or ended. */
  readonly signal: AbortSignal
}

/**
 * How long a worker must not have answered before it counts as one without sessions, ms. A machine that is too busy for a
 * few hundred ms must not cost anybody a session.
 */
const SILENT_FOR = 3_000

/** How long a worker may take to end after it was told, ms. It takes a few, unless it is stopped or stuck. */
const ENDING = 3_000

/**
 * Bounds the workers that reloads have replaced: beyond `most`, those with the fewest sessions are told to end. One that
 * hangs serves nobody, so it goes first. HAProxy's own bound (mworker-max-reloads) counts reloads and not workers, so it
 * would cut one long session off after a few changes, however little it costs.
 */
export class OldWorkerBound {
  readonly #parts: OldWorkerBoundParts
  /** When each worker that does not answer was first asked in vain, by its pid, ms. */
  readonly #silentSince = new Map<number, number>()
  /** When each was told to end, ms. */
  readonly #told = new Map<number, number>()

  constructor(parts: OldWorkerBoundParts) {
    this.#parts = parts
  }

  /** Whether one was told to end that was there still. */
  get isEnding(): boolean {
    return this.#told.size > 0
  }

  /** @throws CliSilent where it is the master that does not answer. */
  async keep(processes: ShowProc): Promise<void> {
    const { most, signal } = this.#parts
    this.#forgetOthers(processes.oldWorkers)
    this.#killOverdue()
    const staying = processes.oldWorkers.filter(({ pid }) => !this.#told.has(pid))
    const beyond = staying.length - most
    if (beyond <= 0) return
    const counted = await this.#count(staying, processes)
    if (!counted || signal.aborted) return
    counted.sort((a, b) => a.sessions - b.sessions || b.reloads - a.reloads)
    for (const { pid } of counted.slice(0, beyond)) this.#tellToEnd(pid)
  }

  /** Undefined where it is too early to tell. */
  async #count(
    workers: readonly OldWorker[],
    before: ShowProc,
  ): Promise<(OldWorker & { sessions: number })[] | undefined> {
    const { master, now, signal } = this.#parts
    const counted: (OldWorker & { sessions: number })[] = []
    const silent: number[] = []
    for (const worker of workers) {
      if (signal.aborted) return undefined
      const sessions = await this.#sessionsOf(worker.pid)
      if (sessions === undefined) silent.push(worker.pid)
      else this.#silentSince.delete(worker.pid)
      counted.push({ ...worker, sessions: sessions ?? 0 })
    }
    if (silent.length === 0) return counted
    const after = await master.processes()
    // In a reload the master is away: it was that which kept silent, not the worker.
    if (after.reloads !== before.reloads || after.master.pid !== before.master.pid) return undefined
    for (const pid of silent) if (!this.#silentSince.has(pid)) this.#silentSince.set(pid, now())
    const isSure = silent.every((pid) => now() - (this.#silentSince.get(pid) ?? now()) >= SILENT_FOR)
    return isSure ? counted : undefined
  }

  async #sessionsOf(pid: number): Promise<number | undefined> {
    try {
      const info = await this.#parts.master.infoOf(pid)
      return info?.connections ?? 0
    } catch (error) {
      if (!(error instanceof CliSilent)) throw error
      return undefined
    }
  }

  /** A pid that is listed no more may become another process's. */
  #forgetOthers(workers: readonly OldWorker[]): void {
    const pids = new Set(workers.map(({ pid }) => pid))
    for (const known of [this.#silentSince, this.#told])
      for (const pid of known.keys()) if (!pids.has(pid)) known.delete(pid)
  }

  /** SIGTERM: at once, sessions and all (management manual, 4). */
  #tellToEnd(pid: number): void {
    this.#told.set(pid, this.#parts.now())
    send(pid, 'SIGTERM')
  }

  /** One that is stopped or stuck does not hear of SIGTERM. */
  #killOverdue(): void {
    const now = this.#parts.now()
    for (const [pid, told] of this.#told) if (now - told >= ENDING) send(pid, 'SIGKILL')
  }
}

function send(pid: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended by itself.
  }
}
