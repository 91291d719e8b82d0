import type { ObservedBackend } from '../plan/observed.ts'
import { backendName, type PortKey, type Routes } from '../route.ts'
import { removeCommands } from './commands.ts'
import { serverKey } from './observe.ts'
import { proxyName } from './proxy-name.ts'

/** What takes servers away, and of which routes. */
export interface Removals {
  readonly keys: readonly PortKey[]
  readonly commands: readonly string[]
}

/**
 * Backends on their way out. That they leave is read from HAProxy itself; since when, only from here, so a daemon that
 * starts anew gives them the whole time again.
 */
export class Drain {
  readonly #drainTime: number
  readonly #since = new Map<string, number>()

  /** @param drainTime How long their sessions may go on, ms. */
  constructor(drainTime: number) {
    this.#drainTime = drainTime
  }

  /** Removes whatever has no session left, or had its time. A backend that is wanted again stays. */
  removals(
    backends: ReadonlyMap<PortKey, ReadonlyMap<string, ObservedBackend>>,
    desired: Routes,
    now: number,
  ): Removals {
    const keys = new Set<PortKey>()
    const commands: string[] = []
    const leaving = new Set<string>()
    for (const [key, servers] of backends) {
      for (const { name, admission, sessions } of servers.values()) {
        if (admission === 'ready' || isWanted(desired, key, name)) continue
        const id = serverKey(proxyName(key), name)
        leaving.add(id)
        const since = this.#since.get(id) ?? now
        this.#since.set(id, since)
        const isOver = now - since >= this.#drainTime
        if (sessions > 0 && !isOver) continue
        keys.add(key)
        commands.push(...removeCommands(key, name, isOver))
      }
    }
    for (const id of this.#since.keys()) if (!leaving.has(id)) this.#since.delete(id)
    return { keys: [...keys], commands }
  }
}

function isWanted(desired: Routes, key: PortKey, name: string): boolean {
  return desired.get(key)?.backends.some((backend) => backendName(backend) === name) ?? false
}
