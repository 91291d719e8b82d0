import { type Loaded, recognise } from '../../core/haproxy/candidate.ts'
import type { RuntimeChange } from '../../core/haproxy/commands.ts'
import { digestInDescription, parseConfig } from '../../core/haproxy/config.ts'
import { portsBeyondBudget } from '../../core/haproxy/file-budget.ts'
import { type Change, needsReload } from '../../core/plan/change.ts'
import {
  DataPlaneUnavailable,
  type Driver,
  type DriverEvent,
  type DriverStatus,
  type Outcome,
} from '../../core/plan/driver.ts'
import type { Observed } from '../../core/plan/observed.ts'
import type { Refusal } from '../../core/refusal.ts'
import type { PortKey, Routes } from '../../core/route.ts'
import { CliSilent } from './cli.ts'
import { ConfigFile } from './config-file.ts'
import { digest, type Footing, makeFooting } from './footing.ts'
import { HaproxyProcess } from './haproxy-process.ts'
import { Knowledge } from './knowledge.ts'
import { LoadRefused } from './load-refused.ts'
import { Loader } from './loader.ts'
import { Master } from './master.ts'
import { type Look, Observer } from './observer.ts'
import { OldWorkers } from './old-workers.ts'
import { type HaproxyPaths, haproxyPaths, makeFolders } from './paths.ts'
import { fullEdge, type Intent } from './preparation.ts'
import { fileLimit } from './proc-fs.ts'
import { Recovery } from './recovery.ts'
import { RefusalMemory } from './refusal-memory.ts'
import { RuntimeApi } from './runtime-api.ts'
import { RuntimeChanges } from './runtime-changes.ts'
import type { HaproxySettings } from './settings.ts'
import { readStatus } from './status.ts'

export interface HaproxyDriverParts {
  /** A clock that never steps, ms. */
  readonly now: () => number
  readonly onEvent: (event: DriverEvent) => void
}

/**
 * Drives a real HAProxy (2.6 or later): through its stats socket what can be changed at run time, through its master's by
 * a seamless reload what cannot. It is looked at, never assumed: every answer was read back from the running worker.
 */
export class HaproxyDriver implements Driver {
  readonly #settings: HaproxySettings
  readonly #parts: HaproxyDriverParts
  readonly #paths: HaproxyPaths
  readonly #api: RuntimeApi
  readonly #master: Master
  readonly #file: ConfigFile
  readonly #observer: Observer
  readonly #process: HaproxyProcess
  readonly #loader: Loader
  readonly #recovery: Recovery
  readonly #memory: RefusalMemory
  readonly #runtime: RuntimeChanges
  readonly #oldWorkers: OldWorkers
  readonly #known = new Knowledge()
  #footing: (Footing & { readonly limit: number }) | undefined
  #reloads = 0

  constructor(settings: HaproxySettings, parts: HaproxyDriverParts) {
    this.#settings = settings
    this.#parts = parts
    this.#paths = haproxyPaths(settings)
    this.#api = new RuntimeApi(this.#paths.statsSocket)
    this.#master = new Master(this.#paths.masterSocket)
    this.#file = new ConfigFile(this.#paths)
    this.#observer = new Observer(this.#api, parts.now)
    this.#memory = new RefusalMemory(this.#paths.include, parts.now)
    this.#oldWorkers = new OldWorkers(this.#master, settings.maxOldWorkers, parts.now)
    this.#runtime = new RuntimeChanges({
      api: this.#api,
      known: this.#known,
      drainTime: settings.drainTime,
      now: parts.now,
      writeSoon: () => this.#writeSoon(),
    })
    this.#process = new HaproxyProcess(settings.binary, this.#paths)
    const { binary } = settings
    const process = this.#process
    this.#loader = new Loader({
      binary,
      paths: this.#paths,
      file: this.#file,
      process,
      api: this.#api,
      master: this.#master,
    })
    this.#recovery = new Recovery({
      settings,
      process,
      loader: this.#loader,
      api: this.#api,
      master: this.#master,
      now: parts.now,
      onEvent: parts.onEvent,
    })
  }

  get isCrowded(): boolean {
    return this.#oldWorkers.isCrowded
  }

  async observe(desired: Routes): Promise<Observed> {
    await makeFolders(this.#paths)
    const look = await this.#reach(desired)
    const footing = this.#footingOf(look.info.pid)
    if (look.info.pid !== this.#known.pid && !this.#known.isNew) await this.#meet(look, footing, desired)
    else this.#known.see(look)
    await this.#runtime.removeDrained(desired).catch(throwUnavailable)
    if (await this.#file.isForeign()) this.#writeSoon()
    this.#process.trimLog()
    this.#oldWorkers.endSessions(this.#runtime.overdue(desired))
    this.#oldWorkers.look()
    return this.#known.observed(footing.ground.foundation)
  }

  async apply(changes: readonly Change[], desired: Routes): Promise<Outcome> {
    const pid = this.#known.pid
    if (pid === undefined) throw new DataPlaneUnavailable('HAProxy was not looked at yet')
    try {
      this.#runtime.noteDepartures(changes)
      const refused = new Map<PortKey, Refusal>()
      const quick = this.#withinBudget(changes.filter(isRuntimeChange), refused)
      const stuck = await this.#runtime.make(quick, desired)
      const slow = [...changes.filter(needsReload), ...stuck]
      await this.#runtime.standStill(changes)
      const reloaded = slow.length > 0 && (await this.#reload(slow, desired, pid, refused))
      const { ground } = this.#footingOf(this.#known.pid ?? pid)
      return { refused, reloaded, observed: this.#known.observed(ground.foundation) }
    } catch (error) {
      return throwUnavailable(error)
    }
  }

  async status(): Promise<DriverStatus> {
    return await readStatus(this.#api, this.#master, this.#reloads)
  }

  async close(): Promise<void> {
    await this.#oldWorkers.close()
    await this.#file.flush()
  }

  async #reach(desired: Routes): Promise<Look> {
    try {
      const look = await this.#observer.look()
      this.#recovery.answered()
      return look
    } catch (error) {
      if (!(error instanceof CliSilent)) throw error
      const intent = {
        ...this.#footingOf(undefined),
        desired,
        running: undefined,
        open: NO_PORTS,
        pid: undefined,
      }
      const started = await this.#recovery.recover(error, intent)
      this.#known.begin(started)
      return await this.#lookAtNew(started)
    }
  }

  /** A worker that this driver has not seen yet: adopted, or reloaded by another hand. It may have replaced others. */
  async #meet(look: Look, { ground }: Footing, desired: Routes): Promise<void> {
    const { info } = look
    this.#oldWorkers.reloaded()
    const text = await this.#file.read()
    const config = text === undefined ? undefined : parseConfig(text, digest)
    const isOurs = config?.digest === digestInDescription(info.description)
    this.#known.load(config && isOurs ? recognise(ground, config, desired) : undefined)
    this.#known.see(look)
    this.#known.change(this.#known.recognised, desired)
    const whose = isOurs ? '' : ', with a configuration of another hand'
    this.#parts.onEvent({
      type: 'haproxy-adopted',
      detail: `HAProxy ${info.version}, process ${info.pid}${whose}`,
    })
    if (text !== this.#known.text()) this.#writeSoon()
  }

  /** Without the backends for which HAProxy has no room; adds their routes to `refused`. */
  #withinBudget(changes: readonly RuntimeChange[], refused: Map<PortKey, Refusal>): readonly RuntimeChange[] {
    if (!changes.some(({ kind }) => kind === 'add-backend')) return changes
    const { ground, budget } = this.#footingOf(this.#known.pid)
    const observed = this.#known.observed(ground.foundation)
    for (const key of portsBeyondBudget(changes, observed, ground.bind.length, budget)) {
      refused.set(key, fullEdge(budget))
    }
    return changes.filter(({ kind, key }) => kind !== 'add-backend' || !refused.has(key))
  }

  /** Loads all of `desired` that can be had. Adds to `refused` what cannot; false when nothing was loaded. */
  async #reload(
    changes: readonly Change[],
    desired: Routes,
    pid: number,
    refused: Map<PortKey, Refusal>,
  ): Promise<boolean> {
    const intent = this.#intent(desired)
    const isWorthIt = () => changes.some((change) => !('route' in change) || !refused.has(change.key))
    try {
      await this.#memory.check(intent)
      const loaded = await this.#loader.reload(intent, pid, refused, isWorthIt)
      if (!loaded) return false
      await this.#lookAtReloaded(loaded, changes)
      this.#reloads++
      this.#oldWorkers.reloaded()
      this.#parts.onEvent({ type: 'haproxy-reloaded', detail: summary(changes) })
      return true
    } catch (error) {
      if (!(error instanceof LoadRefused)) throw error
      await this.#memory.remember(intent, error)
      const { code, detail } = error
      for (const change of changes) {
        if ('key' in change && !refused.has(change.key)) refused.set(change.key, { code, detail })
      }
      return false
    }
  }

  /** What was loaded is read back; the servers of other routes are as they were, told to the new worker by the old one's state. */
  async #lookAtReloaded(loaded: Loaded, changes: readonly Change[]): Promise<void> {
    const wasForeign = this.#known.loaded === undefined
    const changed = changes.flatMap((change) => ('key' in change ? [change.key] : []))
    const keys = changed.filter((key) => loaded.config.sections.has(key))
    const look = await this.#lookAtNew(loaded, wasForeign ? undefined : keys)
    this.#known.load(loaded)
    if (wasForeign) this.#known.see(look)
    else this.#known.seeReloaded(look, new Set(keys))
  }

  /** For a moment after a reload the old worker may still answer. */
  async #lookAtNew({ config }: Loaded, keys?: readonly PortKey[]): Promise<Look> {
    const end = performance.now() + HANDOVER
    for (;;) {
      const { info, servers } = await this.#api.infoAndServers(keys)
      if (digestInDescription(info.description) === config.digest) {
        const open = new Set(config.sections.keys())
        this.#observer.begin(info.pid, open)
        return { info, servers, open, figures: new Map() }
      }
      if (performance.now() > end) throw new DataPlaneUnavailable('HAProxy was reloaded by another hand')
    }
  }

  #writeSoon(): void {
    const text = this.#known.textLater()
    if (text) this.#file.writeSoon(text)
  }

  #intent(desired: Routes): Intent {
    const { pid, loaded, open } = this.#known
    return { ...this.#footingOf(pid), desired, running: loaded, open, pid }
  }

  /** The same one for as long as HAProxy may open as many files: it remembers what it has rendered. */
  #footingOf(pid: number | undefined): Footing {
    const limit = fileLimit(pid ?? 'self')
    if (this.#footing?.limit !== limit) {
      this.#footing = { limit, ...makeFooting(this.#settings, this.#paths, limit) }
    }
    return this.#footing
  }
}

/** Milliseconds. It takes none or a few. */
const HANDOVER = 2_000

const NO_PORTS: ReadonlySet<PortKey> = new Set()

function isRuntimeChange(change: Change): change is RuntimeChange {
  return !needsReload(change)
}

function summary(changes: readonly Change[]): string {
  const ports = changes.map((change) => ('key' in change ? `${change.kind} ${change.key}` : change.kind))
  return ports.length > 3 ? `${ports.slice(0, 3).join(', ')} and ${ports.length - 3} more` : ports.join(', ')
}

function throwUnavailable(error: unknown): never {
  throw error instanceof CliSilent ? new DataPlaneUnavailable(error.message, { cause: error }) : error
}
