import { setTimeout as sleep } from 'node:timers/promises'
import { commandLines } from '../../core/haproxy/commands.ts'
import { parseReloadAnswer, type ReloadAnswer } from '../../core/haproxy/reload-answer.ts'
import { parseShowInfo, type ShowInfo } from '../../core/haproxy/show-info.ts'
import { parseShowProc, type ShowProc } from '../../core/haproxy/show-proc.ts'
import { parseShowSess, type Session } from '../../core/haproxy/show-sess.ts'
import { ask, CliSilent } from './cli.ts'

/** 3.0 answers a reload when it is over: 5,000 routes take under 1 s, a port that is taken takes 2 s of trying. */
const RELOAD_TIMEOUT = 60_000

/** An old worker answers in a few ms. One that hangs holds one of the master's few connections for this long. */
const OLD_WORKER_TIMEOUT = 500

/** How long it may be away around a start or a reload, ms. It starts itself anew within a few. */
const AWAY = 2_000

/** What is asked and told about old workers. */
export type OldWorkerCli = Pick<Master, 'processes' | 'infoOf' | 'sessionsOf' | 'endSessions'>

/** The master's CLI. Every call throws CliSilent when it does not answer. */
export class Master {
  readonly #socket: string

  constructor(socket: string) {
    this.#socket = socket
  }

  /** Asks once. */
  async processes(): Promise<ShowProc> {
    const processes = parseShowProc(await this.#ask('show proc'))
    if (!processes) throw new CliSilent('cut', 'no whole answer to `show proc`')
    return processes
  }

  /** Asks until it answers, since around a start or a reload its socket is away while its worker serves already. */
  async processesSoon(): Promise<ShowProc> {
    const end = performance.now() + AWAY
    for (;;) {
      try {
        return await this.processes()
      } catch (error) {
        if (performance.now() > end) throw error
        await sleep(5)
      }
    }
  }

  async reload(): Promise<ReloadAnswer> {
    return parseReloadAnswer(await this.#ask('reload', RELOAD_TIMEOUT))
  }

  /** `show info` of a worker, old ones too. */
  async infoOf(pid: number, timeout = OLD_WORKER_TIMEOUT): Promise<ShowInfo | undefined> {
    return parseShowInfo(await this.#ask(`@!${pid} show info`, timeout))
  }

  /** `show sess` of an old worker. */
  async sessionsOf(pid: number): Promise<Session[]> {
    return parseShowSess(await this.#ask(`@!${pid} show sess`, OLD_WORKER_TIMEOUT))
  }

  /** Ends sessions of a worker by their ids; those that are over already are no matter. */
  async endSessions(pid: number, ids: readonly string[]): Promise<void> {
    const commands = ids.map((id) => `@!${pid} shutdown session ${id}`)
    for (const line of commandLines(commands)) await this.#ask(line, OLD_WORKER_TIMEOUT)
  }

  #ask(command: string, timeout = 2_000): Promise<string> {
    return ask(this.#socket, command, { timeout, halfClose: true })
  }
}
