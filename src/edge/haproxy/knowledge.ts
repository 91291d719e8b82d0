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
import { backendName, type PortKey, type Routes } from '../../core/route.ts'
import type { Look } from './observer.ts'

type Backends = ReadonlyMap<string, ObservedBackend>

/** What this daemon knows of the running HAProxy: what is loaded, and what it was last seen to do. */
export class Knowledge {
  #loaded: Loaded | undefined
  /** Servers that were changed since, and that #loaded does not have yet. */
  readonly #changed = new Map<PortKey, string>()
  #pid: number | undefined
  #open: ReadonlySet<PortKey> = new Set()
  #backends = new Map<PortKey, Backends>()
  #figures: ReadonlyMap<string, ServerFigures> = new Map()
  /** What #backends was made of; undefined when it was changed since. */
  #servers: readonly ServerState[] | undefined
  #routes: ReadonlyMap<PortKey, ObservedRoute> = new Map()
  #shaped: Shaped | undefined

  /** Undefined where HAProxy runs what another hand wrote, or does not run. */
  get loaded(): Loaded | undefined {
    if (this.#loaded && this.#changed.size > 0) {
      this.load({ ...this.#loaded, config: withServers(this.#loaded.config, this.#changed) })
    }
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
    this.#changed.clear()
  }

  /** HAProxy was started here, with this. */
  begin(loaded: Loaded): void {
    this.load(loaded)
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
    for (const key of keys) this.#backends.set(key, fresh.get(key) ?? new Map())
  }

  /**
   * The servers of some routes were changed at run time, to those of `desired` that are to be seen there: what HAProxy did not
   * take must not stand in the file, which it would refuse. There are none where `desired` has no such route.
   */
  change(keys: Iterable<PortKey>, desired: Routes): void {
    if (!this.#loaded) return
    for (const key of keys) {
      const [route, there] = [desired.get(key), this.#backends.get(key)]
      const backends = route?.backends.filter((backend) => there?.has(backendName(backend)))
      this.#changed.set(key, route && backends ? renderServers({ ...route, backends }) : '')
    }
  }

  /** The ports of which the settings are known that are loaded. */
  get recognised(): PortKey[] {
    return [...(this.#loaded?.shapes ?? [])].flatMap(([key, shape]) => (shape === undefined ? [] : [key]))
  }

  /** The file that a HAProxy should find which somebody starts now. */
  text(): string | undefined {
    return this.loaded && configText(this.loaded.config)
  }

  /** The same, made when it is called for; of what was known last where HAProxy runs another hand's by then. */
  textLater(): (() => string) | undefined {
    const last = this.#loaded
    return last && (() => configText((this.loaded ?? last).config))
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
  #shapes(): Shaped['shapes'] {
    const open = this.#open
    const loaded = this.#loaded?.shapes
    if (this.#shaped?.open === open && this.#shaped.loaded === loaded) return this.#shaped.shapes
    const shapes = new Map<PortKey, string | undefined>()
    for (const key of open) if (!loaded || loaded.has(key)) shapes.set(key, loaded?.get(key))
    this.#shaped = { open, loaded, shapes }
    return shapes
  }
}

/** The shapes of the ports that are open, and what they were made of: only a reload changes it. */
interface Shaped {
  readonly open: ReadonlySet<PortKey>
  readonly loaded: Loaded['shapes'] | undefined
  readonly shapes: ReadonlyMap<PortKey, string | undefined>
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[] | undefined): boolean {
  return b !== undefined && a.length === b.length && a.every((item, index) => item === b[index])
}
