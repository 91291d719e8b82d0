import type { Loaded } from '../../core/haproxy/candidate.ts'
import { configText, withServers } from '../../core/haproxy/config.ts'
import {
  keepingSame,
  observeBackends,
  observeRoutes,
  type ServerFigures,
} from '../../core/haproxy/observe.ts'
import { renderServers } from '../../core/haproxy/section.ts'
import type { ServerState } from '../../core/haproxy/show-servers-state.ts'
import type { Observed, ObservedBackend, ObservedRoute } from '../../core/plan/observed.ts'
import type { PortKey, Routes } from '../../core/route.ts'
import type { Look } from './observer.ts'

type Backends = ReadonlyMap<string, ObservedBackend>

/** What this daemon knows of the running HAProxy: what is loaded, and what it was last seen to do. */
export class Knowledge {
  #loaded: Loaded | undefined
  #pid: number | undefined
  #open: ReadonlySet<PortKey> = new Set()
  #backends: ReadonlyMap<PortKey, Backends> = new Map()
  #figures: ReadonlyMap<string, ServerFigures> = new Map()
  /** What #backends was made of; undefined when it was changed since. */
  #servers: readonly ServerState[] | undefined
  #routes: ReadonlyMap<PortKey, ObservedRoute> = new Map()

  /** Undefined where HAProxy runs what another hand wrote, or does not run. */
  get loaded(): Loaded | undefined {
    return this.#loaded
  }

  /** The current worker, when it was last seen. */
  get pid(): number | undefined {
    return this.#pid
  }

  get open(): ReadonlySet<PortKey> {
    return this.#open
  }

  get backends(): ReadonlyMap<PortKey, Backends> {
    return this.#backends
  }

  /** Another configuration is loaded than before. */
  load(loaded: Loaded | undefined): void {
    this.#loaded = loaded
  }

  /** HAProxy was started here, with this. */
  begin(loaded: Loaded): void {
    this.#loaded = loaded
    this.#pid = undefined
  }

  /** Whether it was started here and not looked at since. */
  get isNew(): boolean {
    return this.#pid === undefined && this.#loaded !== undefined
  }

  see({ info, servers, open, figures }: Look): void {
    this.#pid = info.pid
    this.#open = open
    if (figures === this.#figures && sameItems(servers, this.#servers)) return
    this.#figures = figures
    this.#servers = servers
    this.#backends = keepingSame(this.#backends, observeBackends(servers, figures))
  }

  /** A new worker took over. `look` shows the servers of `keys`; the others are as they were, without those that left. */
  seeReloaded(look: Look, keys: ReadonlySet<PortKey>): void {
    const before = this.#backends
    this.see(look)
    const backends = new Map(this.#backends)
    for (const key of look.open) {
      if (keys.has(key)) continue
      const staying = [...(before.get(key) ?? [])].filter(([, { admission }]) => admission === 'ready')
      backends.set(key, new Map(staying))
    }
    this.#backends = backends
  }

  /** The servers of some routes, read back after a change. */
  seeServers(keys: readonly PortKey[], servers: readonly ServerState[]): void {
    const fresh = observeBackends(servers, this.#figures)
    this.#servers = undefined
    const backends = new Map(this.#backends)
    for (const key of keys) backends.set(key, fresh.get(key) ?? new Map())
    this.#backends = backends
  }

  /** The servers of some routes were changed at run time to those of `desired`, which are none where it has no such route. */
  change(keys: readonly PortKey[], desired: Routes): void {
    if (!this.#loaded) return
    const texts = new Map<PortKey, string>()
    for (const key of keys) {
      const route = desired.get(key)
      texts.set(key, route ? renderServers(route) : '')
    }
    this.#loaded = { ...this.#loaded, config: withServers(this.#loaded.config, texts) }
  }

  /** The file that a HAProxy should find which somebody starts now. */
  text(): string | undefined {
    return this.#loaded && configText(this.#loaded.config)
  }

  /** @param foundation What would be loaded today. */
  observed(foundation: string): Observed {
    this.#routes = observeRoutes(this.#shapes(), this.#backends, this.#routes)
    return {
      routes: this.#routes,
      foundationCurrent: this.#loaded?.config.foundation === foundation,
    }
  }

  /** Ports that are open. Of a foreign configuration all that could be ours, so that the plan puts it right. */
  #shapes(): Map<PortKey, string | undefined> {
    const shapes = new Map<PortKey, string | undefined>()
    const loaded = this.#loaded
    for (const key of this.#open) {
      if (!loaded || loaded.shapes.has(key)) shapes.set(key, loaded?.shapes.get(key))
    }
    return shapes
  }
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((item, index) => item === b[index])
}
