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

export interface ServerOf {
  readonly key: PortKey
  readonly name: string
}

/** A server that began to leave, and may have sessions still: in the current worker, or in old ones. */
interface Departure extends ServerOf {
  /** Since when, ms. */
  readonly since: number
}

/**
 * Backends on their way out. That they leave the current worker is read from HAProxy itself; since when, only from here,
 * so a daemon that starts anew gives them the whole time again, and those of old workers as long as the worker lasts.
 */
export class Drain {
  readonly #drainTime: number
  readonly #departures = new Map<string, Departure>()
  /** Those that the current worker has still. */
  #leaving: ReadonlySet<string> = new Set()

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
        if (admission === 'ready' || isWanted(desired, key, name)) {
          this.#departures.delete(idOf(key, name))
          continue
        }
        const { id, since } = this.#depart(key, name, now)
        leaving.add(id)
        const isOver = now - since >= this.#drainTime
        if (sessions > 0 && !isOver) continue
        keys.add(key)
        commands.push(...removeCommands(key, name, isOver))
      }
    }
    this.#leaving = leaving
    return { keys: [...keys], commands }
  }

  /** These servers are to leave, or are taken away with their port by a reload. */
  depart(key: PortKey, names: Iterable<string>, now: number): void {
    for (const name of names) this.#depart(key, name, now)
  }

  /** Servers whose time is over, so that the sessions which old workers still have with them are to end. Told once. */
  overdue(desired: Routes, now: number): ServerOf[] {
    const overdue: ServerOf[] = []
    for (const [id, { key, name, since }] of this.#departures) {
      const isBack = isWanted(desired, key, name)
      const isOver = now - since >= this.#drainTime && !this.#leaving.has(id)
      if (isBack || isOver) this.#departures.delete(id)
      if (isOver && !isBack) overdue.push({ key, name })
    }
    return overdue
  }

  #depart(key: PortKey, name: string, now: number): { readonly id: string; readonly since: number } {
    const id = idOf(key, name)
    const departure = this.#departures.get(id) ?? { key, name, since: now }
    this.#departures.set(id, departure)
    return { id, since: departure.since }
  }
}

function idOf(key: PortKey, name: string): string {
  return serverKey(proxyName(key), name)
}

function isWanted(desired: Routes, key: PortKey, name: string): boolean {
  return desired.get(key)?.backends.some((backend) => backendName(backend) === name) ?? false
}
