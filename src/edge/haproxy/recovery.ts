import type { Loaded } from '../../core/haproxy/candidate.ts'
import { DataPlaneUnavailable, type DriverEvent } from '../../core/plan/driver.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { PortKey, Routes } from '../../core/route.ts'
import type { CliSilent } from './cli.ts'
import type { HaproxyProcess } from './haproxy-process.ts'
import { LoadRefused } from './load-refused.ts'
import type { Loader } from './loader.ts'
import type { Intent } from './preparation.ts'
import type { RuntimeApi } from './runtime-api.ts'
import type { HaproxySettings } from './settings.ts'
import { start } from './start.ts'

export interface RecoveryParts {
  readonly settings: HaproxySettings
  readonly process: HaproxyProcess
  readonly loader: Loader
  readonly api: RuntimeApi
  readonly onEvent: (event: DriverEvent) => void
}

/** Looks in a row without an answer after which a HAProxy that is there counts as hung. */
const TRIES = 3

/** How long what is left of a HAProxy that was killed may take to be gone, ms. */
const LEAVING = 500

/** What to do when HAProxy does not answer: wait, end what hangs, start it. */
export class Recovery {
  readonly #parts: RecoveryParts
  #failures = 0
  #started = false
  #writtenFor: Routes | undefined

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  /** It does answer. */
  answered(): void {
    this.#failures = 0
    this.#started = true
    this.#writtenFor = undefined
  }

  /**
   * Starts HAProxy where none runs. One that runs and does not answer is given two more looks, then killed.
   * @throws DataPlaneUnavailable until it can be started, and always where a service manager is to start it.
   */
  async recover(silence: CliSilent, intent: Intent): Promise<Loaded> {
    const { process, settings, onEvent } = this.#parts
    this.#failures++
    if (this.#failures === 1 && this.#started) {
      onEvent({ type: 'haproxy-unavailable', detail: silence.message })
    }
    const isThere = silence.kind !== 'absent' || !(await process.areGone(LEAVING))
    if (isThere && this.#failures < TRIES) throw new DataPlaneUnavailable(silence.message)
    if (isThere) await process.kill()
    if (settings.start === 'service') return await this.#leaveToService(intent)
    const { loader, api } = this.#parts
    const { loaded, info } = await start(intent, process, loader, api)
    this.answered()
    onEvent({ type: 'haproxy-started', detail: `HAProxy ${info.version}, process ${info.pid}` })
    return loaded
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
