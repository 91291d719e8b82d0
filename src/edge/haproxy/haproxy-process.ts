import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync, readFileSync, statSync, truncateSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { DataPlaneUnavailable } from '../../core/plan/driver.ts'
import { type HaproxyPaths, haproxyArguments } from './paths.ts'
import { hasEnded, processesWithArgument } from './proc-fs.ts'

/** HAProxy writes a line for each server that goes up or down; nobody else would ever cut this file. */
const LONGEST_LOG = 8 << 20

/** How long killed processes may take to be gone, ms. */
const PATIENCE = 5_000

/** The processes of this driver's HAProxy, whoever started it. */
export class HaproxyProcess {
  readonly #binary: string
  readonly #paths: HaproxyPaths

  constructor(binary: string, paths: HaproxyPaths) {
    this.#binary = binary
    this.#paths = paths
  }

  /** Master and workers, old ones too: whoever was started with our master socket. */
  pids(): number[] {
    return processesWithArgument(`${this.#paths.masterSocket},mode,600`)
  }

  /**
   * Starts HAProxy in a session of its own, so that it outlives this process.
   * @throws DataPlaneUnavailable when there is no such program.
   */
  async start(): Promise<ChildProcess> {
    this.trimLog()
    const log = this.#openLog()
    try {
      const child = spawn(this.#binary, haproxyArguments(this.#paths), {
        detached: true,
        stdio: ['ignore', log, log],
        cwd: '/',
        env: haproxyEnvironment(process.env),
      })
      await once(child, 'spawn')
      child.unref()
      return child
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new DataPlaneUnavailable(`cannot start ${this.#binary}: ${reason}`)
    } finally {
      closeSync(log)
    }
  }

  #openLog(): number {
    try {
      return openSync(this.#paths.log, 'a', 0o600)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new DataPlaneUnavailable(`cannot start ${this.#binary}: ${reason}`)
    }
  }

  /**
   * Ends them all at once, also those that are stopped.
   * @throws DataPlaneUnavailable when there are none to be seen, or they cannot be ended.
   */
  async kill(): Promise<void> {
    const pids = this.pids()
    if (pids.length === 0) {
      throw new DataPlaneUnavailable(`somebody holds ${this.#paths.statsSocket} and does not answer`)
    }
    for (const pid of pids) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone already, or another user's: the wait below tells.
      }
    }
    // By their numbers: one that is ending has no arguments any more, and its ports still.
    if (!(await comesTrue(() => pids.every(hasEnded), PATIENCE))) {
      throw new DataPlaneUnavailable(`HAProxy hangs and cannot be killed (pid ${pids.join(', ')})`)
    }
  }

  /** Waits until no process is left; false when one still is after `patience` ms. */
  async areGone(patience: number): Promise<boolean> {
    return await comesTrue(() => this.pids().length === 0, patience)
  }

  /** Where the log ends now, to read later what was added. */
  logEnd(): number {
    try {
      return statSync(this.#paths.log).size
    } catch {
      return 0
    }
  }

  logSince(end: number): string {
    try {
      return readFileSync(this.#paths.log).subarray(end).toString('utf8')
    } catch {
      return ''
    }
  }

  /** HAProxy appends, so a file that was emptied goes on from its start. One that can't be is left: it harms no traffic. */
  trimLog(): void {
    try {
      if (this.logEnd() > LONGEST_LOG) truncateSync(this.#paths.log)
    } catch {
      // Another user's, or on a disk that is read-only by now.
    }
  }
}

/** Whether `condition` holds within `patience` ms. */
async function comesTrue(condition: () => boolean, patience: number): Promise<boolean> {
  const end = performance.now() + patience
  while (!condition()) {
    if (performance.now() > end) return false
    await sleep(20)
  }
  return true
}

/** The daemon's own, but for how it keeps its memory small: HAProxy's threads need heaps of their own. */
function haproxyEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(own).filter(([name]) => !name.startsWith('MALLOC_')))
}
