import { commandsFor, type RuntimeChange, standStillCommand } from '../../core/haproxy/commands.ts'
import { Drain, type ServerOf } from '../../core/haproxy/drain.ts'
import { isDone } from '../../core/haproxy/verify.ts'
import type { Change } from '../../core/plan/change.ts'
import { backendName, type PortKey, type Routes } from '../../core/route.ts'
import type { Knowledge } from './knowledge.ts'
import type { RuntimeApi } from './runtime-api.ts'

export interface RuntimeChangesParts {
  readonly api: RuntimeApi
  readonly known: Knowledge
  /** How long the sessions of a backend that leaves may go on, ms. */
  readonly drainTime: number
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** The configuration on the disk differs from what runs: to be written. */
  readonly writeSoon: () => void
}

/** What is changed in the running worker, through the runtime API, and read back. */
export class RuntimeChanges {
  readonly #parts: RuntimeChangesParts
  readonly #drain: Drain

  constructor(parts: RuntimeChangesParts) {
    this.#parts = parts
    this.#drain = new Drain(parts.drainTime)
  }

  /** Makes the changes. Returns those that were not to be seen afterwards. */
  async make(changes: readonly RuntimeChange[], desired: Routes): Promise<RuntimeChange[]> {
    if (changes.length === 0) return []
    const { known } = this.#parts
    const keys = [...new Set(changes.map(({ key }) => key))]
    await this.#carryOut(keys, changes.flatMap(commandsFor), desired)
    return changes.filter((change) => !isDone(change, known.backends))
  }

  /** A released port forwards to nobody any more, even where the reload that closes it is refused. */
  async standStill(changes: readonly Change[]): Promise<void> {
    const keys = changes.flatMap((change) => (change.kind === 'close' ? [change.key] : []))
    const commands = keys.flatMap((key) =>
      [...(this.#parts.known.backends.get(key)?.values() ?? [])]
        .filter(({ admission }) => admission === 'ready')
        .map(({ name }) => standStillCommand(key, name)),
    )
    if (commands.length > 0) await this.#carryOut(keys, commands, NO_ROUTES)
  }

  /** A reload takes along what is on its way out, so it has to be known before. */
  noteDepartures(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind === 'retire-backend') this.#depart(change.key, [change.name])
      else if (change.kind === 'close') this.#depart(change.key, this.#names(change.key))
      else if (change.kind === 'reshape') {
        const staying = new Set(change.route.backends.map(backendName))
        this.#depart(
          change.key,
          this.#names(change.key).filter((name) => !staying.has(name)),
        )
      }
    }
  }

  /** Takes servers out whose sessions are over, or had their time. */
  async removeDrained(desired: Routes): Promise<void> {
    const { api, known, now } = this.#parts
    const { keys, commands } = this.#drain.removals(known.backends, desired, now())
    if (keys.length > 0) known.seeServers(keys, await api.change(commands, keys))
  }

  /** Servers that left so long ago that their sessions in old workers are to end. Told once. */
  overdue(desired: Routes): ServerOf[] {
    return this.#drain.overdue(desired, this.#parts.now())
  }

  async #carryOut(keys: readonly PortKey[], commands: readonly string[], desired: Routes): Promise<void> {
    const { api, known, writeSoon } = this.#parts
    known.seeServers(keys, await api.change(commands, keys))
    known.change(keys, desired)
    writeSoon()
  }

  #depart(key: PortKey, names: readonly string[]): void {
    this.#drain.depart(key, names, this.#parts.now())
  }

  #names(key: PortKey): string[] {
    return [...(this.#parts.known.backends.get(key)?.keys() ?? [])]
  }
}

const NO_ROUTES: Routes = new Map()
