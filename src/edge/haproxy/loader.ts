import { writeFile } from 'node:fs/promises'
import { blame } from '../../core/haproxy/blame.ts'
import type { Loaded } from '../../core/haproxy/candidate.ts'
import { parseComplaints } from '../../core/haproxy/complaint.ts'
import type { Refusal } from '../../core/refusal.ts'
import { type PortKey, readPortKey } from '../../core/route.ts'
import type { ConfigFile } from './config-file.ts'
import type { HaproxyProcess } from './haproxy-process.ts'
import { LoadRefused } from './load-refused.ts'
import type { Master } from './master.ts'
import type { HaproxyPaths } from './paths.ts'
import { type Intent, orStorageFailed, prepare, refuseTaken, screen } from './preparation.ts'
import { type ReloadResult, reload } from './reload.ts'
import type { RuntimeApi } from './runtime-api.ts'
import { isFreed } from './trial-bind.ts'

export interface LoaderParts {
  readonly binary: string
  readonly paths: HaproxyPaths
  readonly file: ConfigFile
  readonly process: HaproxyProcess
  readonly api: RuntimeApi
  readonly master: Master
}

/** Each round that fails has found a route to leave out; more rounds than this and something else is wrong. */
const ROUNDS = 5

/** How long the old worker may take to close the ports that are gone, ms. It takes a few. */
const CLOSING = 2_000

/** Brings new configurations into HAProxy: at a start, or by a seamless reload. */
export class Loader {
  readonly #parts: LoaderParts

  constructor(parts: LoaderParts) {
    this.#parts = parts
  }

  /**
   * Loads what `intent` wants into the running HAProxy, without the routes that stand in the way: those are added to
   * `refused`. Resolves with what runs then, or with undefined where nothing was left to load.
   * @param isWorthIt Whether something is left to load without the refused.
   * @throws LoadRefused when what ran before goes on, for a reason that lies in no route.
   * @throws CliSilent, DataPlaneUnavailable when HAProxy does not answer.
   */
  async reload(
    intent: Intent,
    worker: number,
    refused: Map<PortKey, Refusal>,
    isWorthIt: () => boolean,
  ): Promise<Loaded | undefined> {
    for (let round = 0; round < ROUNDS; round++) {
      await screen(intent, refused)
      if (!isWorthIt()) return undefined
      const [next, state] = await Promise.all([this.#prepare(intent, refused), this.#parts.api.stateFile()])
      if (!isWorthIt()) return undefined
      const logEnd = this.#parts.process.logEnd()
      await orStorageFailed(writeFile(this.#parts.paths.state, state))
      const result = await this.#load(next, worker)
      if (result.success) {
        await Promise.all([this.#forgetState(), this.#awaitClosing(intent, next)])
        return next
      }
      await orStorageFailed(this.#parts.file.restore())
      const output = result.output || this.#parts.process.logSince(logEnd)
      await this.findCulprits(intent, next, output, refused)
    }
    throw new LoadRefused('haproxy-refused', `HAProxy refused ${ROUNDS} configurations in a row`)
  }

  /** Writes the first configuration of a HAProxy that is to be started. Throws as `reload` does. */
  async write(intent: Intent, refused: Map<PortKey, Refusal>): Promise<Loaded> {
    await screen(intent, refused)
    const next = await this.#prepare(intent, refused)
    await orStorageFailed(this.#parts.file.promote())
    await this.#forgetState()
    return next
  }

  /**
   * Adds to `refused` the routes because of which HAProxy did not load `next`, going by what it printed and by looking
   * whose ports are taken by now.
   * @throws LoadRefused when none is to be found.
   */
  async findCulprits(
    intent: Intent,
    next: Loaded,
    output: string,
    refused: Map<PortKey, Refusal>,
  ): Promise<void> {
    const { paths } = this.#parts
    const { routes, others } = blame(parseComplaints(output), next.config, [paths.config])
    const fresh = [...routes].filter(([key]) => !refused.has(key))
    for (const [key, refusal] of fresh) refused.set(key, refusal)
    const opened = [...intent.desired.values()].filter(
      ({ key }) => !intent.open.has(key) && !refused.has(key),
    )
    const isTaken = await refuseTaken(opened, intent, refused)
    if (fresh.length > 0 || isTaken) return
    throw new LoadRefused('haproxy-refused', others[0] ?? 'HAProxy did not load the configuration')
  }

  async #prepare(intent: Intent, refused: Map<PortKey, Refusal>): Promise<Loaded> {
    const { file, paths, binary } = this.#parts
    return await prepare(intent, refused, file, paths, binary)
  }

  async #load({ config }: Loaded, worker: number): Promise<ReloadResult> {
    const { api, file, master } = this.#parts
    await orStorageFailed(file.promote())
    return await reload(master, api, worker, config.digest)
  }

  /** A HAProxy that is started later, by whomever, must not take old news for new. */
  async #forgetState(): Promise<void> {
    // Where the disk is full, emptying the file did it already.
    await writeFile(this.#parts.paths.state, NO_STATE).catch(() => {})
  }

  /** A released port is free when this returns. */
  async #awaitClosing({ open, ground }: Intent, { config }: Loaded): Promise<void> {
    const closed = [...open].filter((key) => !config.sections.has(key))
    await Promise.all(closed.map((key) => isFreed(readPortKey(key).port, ground.bind, CLOSING)))
  }
}

/** `show servers state` of no server at all: format version 1. */
const NO_STATE = '1\n'
