import { admissionOf, healthOf } from '../../core/haproxy/health.ts'
import { type ServerFigures, serverKey } from '../../core/haproxy/observe.ts'
import { portKeyOf } from '../../core/haproxy/proxy-name.ts'
import type { ShowInfo } from '../../core/haproxy/show-info.ts'
import type { ServerState } from '../../core/haproxy/show-servers-state.ts'
import type { Stat } from '../../core/haproxy/show-stat.ts'
import type { PortKey } from '../../core/route.ts'
import type { RuntimeApi } from './runtime-api.ts'

/** What a worker says of itself. */
export interface Look {
  readonly info: ShowInfo
  readonly servers: readonly ServerState[]
  /** Ports of ours, or named like ours, that are open. */
  readonly open: ReadonlySet<PortKey>
  /** Sessions and reasons by `serverKey`, at most `STATS_EVERY` old; always fresh for servers that leave. */
  readonly figures: ReadonlyMap<string, ServerFigures>
}

/** How often all sessions are counted and all listeners looked at, ms. */
const STATS_EVERY = 10_000

/** Beyond so many proxies to ask about, all are asked about. */
const ASK_SINGLY_UP_TO = 50

/**
 * Looks at a worker often and cheaply: one round trip for pid, digest and servers; `show stat`, which costs HAProxy ten times
 * that, only for a new worker, now and then, and for the few servers that are down for a reason not yet known or leave.
 */
export class Observer {
  readonly #api: RuntimeApi
  readonly #now: () => number
  #pid: number | undefined
  #statsAt = Number.NEGATIVE_INFINITY
  #open: ReadonlySet<PortKey> = new Set()
  #figures = new Map<string, ServerFigures>()

  constructor(api: RuntimeApi, now: () => number) {
    this.#api = api
    this.#now = now
  }

  /** @throws CliSilent */
  async look(): Promise<Look> {
    const { info, servers } = await this.#api.infoAndServers()
    if (info.pid !== this.#pid || this.#now() - this.#statsAt >= STATS_EVERY) await this.#lookAtAll(info.pid)
    else await this.#lookCloser(servers)
    return { info, servers, open: this.#open, figures: this.#figures }
  }

  /** A new worker whose ports are known, since it was loaded here. It has no sessions yet. */
  begin(pid: number, open: Iterable<PortKey>): void {
    this.#pid = pid
    this.#statsAt = this.#now()
    this.#open = new Set(open)
    this.#figures = new Map()
  }

  async #lookAtAll(pid: number): Promise<void> {
    const stats = await this.#api.stats()
    this.#pid = pid
    this.#statsAt = this.#now()
    this.#open = new Set(stats.flatMap(openPort))
    this.#figures = new Map()
    this.#note(stats)
  }

  async #lookCloser(servers: readonly ServerState[]): Promise<void> {
    const proxies = new Set<string>()
    for (const server of servers) if (this.#isUnclear(server)) proxies.add(server.proxy)
    if (proxies.size === 0) return
    // Another object: whoever compares what was seen by identity has to notice.
    this.#figures = new Map(this.#figures)
    if (proxies.size > ASK_SINGLY_UP_TO) this.#note(await this.#api.stats())
    else this.#note(await this.#api.statsOf([...proxies]))
  }

  #isUnclear(server: ServerState): boolean {
    if (portKeyOf(server.proxy) === undefined) return false
    if (admissionOf(server) === 'leaving') return true
    const { failure } = this.#figures.get(serverKey(server.proxy, server.name)) ?? {}
    return (healthOf(server) === 'down') !== (failure !== undefined)
  }

  #note(stats: readonly Stat[]): void {
    for (const { proxy, name, sessions, failure } of stats) {
      this.#figures.set(serverKey(proxy, name), { sessions, ...(failure === undefined ? {} : { failure }) })
    }
  }
}

function openPort({ proxy, name, status }: Stat): PortKey[] {
  const key = name === 'FRONTEND' && status === 'OPEN' ? portKeyOf(proxy) : undefined
  return key === undefined ? [] : [key]
}
