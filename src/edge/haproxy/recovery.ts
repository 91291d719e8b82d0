import type { Loaded } from '../../core/haproxy/candidate.ts'
import { DataPlaneUnavailable, type DriverEvent } from '../../core/plan/driver.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { PortKey, Routes } from '../../core/route.ts'
import type { CliSilent, Silence } from './cli.ts'
import { hangs } from './hang.ts'
import type { HaproxyProcess } from './haproxy-process.ts'
import { LoadRefused } from './load-refused.ts'
import type { Loader } from './loader.ts'
import type { Master } from './master.ts'
import type { Intent } from './preparation.ts'
import type { RuntimeApi } from './runtime-api.ts'
import type { HaproxySettings } from './settings.ts'
import { start } from './start.ts'

export interface RecoveryParts {
  readonly settings: HaproxySettings
  readonly process: HaproxyProcess
  readonly loader: Loader
  readonly api: RuntimeApi
  readonly master: Master
  /** A clock that never steps, ms. */
  readonly now: () => number
  readonly onEvent: (event: DriverEvent) => void
}

/** For how long a HAProxy that is there must have kept the same silence before it is asked whether it hangs, ms. */
const SILENT_FOR = 10_000

/** How long what is left of a HAProxy that was killed may take to be gone, ms. */
const LEAVING = 500

/** What to do when HAProxy does not answer: wait, end what hangs, start it. */
export class Recovery {
  readonly #parts: RecoveryParts
  #silence: { readonly kind: Silence; readonly since: number } | undefined
  #writtenFor: Routes | undefined

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  /** It does answer. */
  answered(): void {
    this.#silence = undefined
    this.#writtenFor = undefined
  }

  /**
   * Starts HAProxy where none runs. One that runs is killed only when it has been silent for long and carries no traffic.
   * @throws DataPlaneUnavailable until it can be started, and always where a service manager is to start it.
   */
  async recover(silence: CliSilent, intent: Intent): Promise<Loaded> {
    const { process, settings, master, onEvent } = this.#parts
    const isThere = silence.kind !== 'absent' || !(await process.areGone(LEAVING))
    if (isThere) {
      const isOver = this.#hasLasted(silence.kind) && (await hangs(silence.kind, intent, process, master))
      if (!isOver) throw new DataPlaneUnavailable(silence.message)
      await process.kill()
    }
    if (settings.start === 'service') return await this.#leaveToService(intent)
    const { loader, api } = this.#parts
    const { loaded, info } = await start(intent, process, loader, api)
    this.answered()
    onEvent({ type: 'haproxy-started', detail: `HAProxy ${info.version}, process ${info.pid}` })
    return loaded
  }

  #hasLasted(kind: Silence): boolean {
    const now = this.#parts.now()
    if (this.#silence?.kind !== kind) this.#silence = { kind, since: now }
    return now - this.#silence.since >= SILENT_FOR
  }

  /** The service finds a configuration to start with. */
  async #leaveToService(intent: Intent): Promise<never> {
    try {
      if (this.#writtenFor !== intent.desired) {
        await this.#parts.loader.write(intent, new Map<PortKey, Refusal>())
      }
      this.#writtenFor = intent.desired
    } catch (error) {
      if (!(error instanceof LoadRefused)) throw error
      throw new DataPlaneUnavailable(`HAProxy's service cannot be started: ${error.message}`)
    }
    throw new DataPlaneUnavailable('HAProxy is not running; its service is expected to start it')
  }
}
