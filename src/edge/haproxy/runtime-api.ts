import { commandLines } from '../../core/haproxy/commands.ts'
import { proxyName } from '../../core/haproxy/proxy-name.ts'
import { splitReplies } from '../../core/haproxy/reply.ts'
import { parseShowInfo, type ShowInfo } from '../../core/haproxy/show-info.ts'
import {
  type LineMemory,
  parseShowServersState,
  type ServerState,
} from '../../core/haproxy/show-servers-state.ts'
import { parseShowStat, type Stat } from '../../core/haproxy/show-stat.ts'
import type { PortKey } from '../../core/route.ts'
import { ask, CliSilent } from './cli.ts'

/** Beyond so many routes one dump of all servers is cheaper than one of each. */
const DUMP_ALL_FROM = 50

/** Types of `show stat`: 1 for frontends, 4 for servers. */
const FRONTENDS_AND_SERVERS = 5
const SERVERS = 4

/** The stats socket of the current worker. Every call throws CliSilent when it does not answer. */
export class RuntimeApi {
  readonly #socket: string
  readonly #lines: LineMemory = []

  constructor(socket: string) {
    this.#socket = socket
  }

  async info(): Promise<ShowInfo> {
    return required(parseShowInfo(await ask(this.#socket, 'show info')), 'show info')
  }

  /** Of all routes (states of servers to which nothing happened are the objects that they were), or of some. One round trip. */
  async infoAndServers(keys?: readonly PortKey[]): Promise<{ info: ShowInfo; servers: ServerState[] }> {
    const replies = splitReplies(await ask(this.#socket, ['show info', ...showServers(keys)].join('; ')))
    return {
      info: required(first(replies, parseShowInfo), 'show info'),
      servers:
        keys?.length === 0
          ? []
          : required(allServers(replies, keys ? [] : this.#lines), 'show servers state'),
    }
  }

  /** What a new worker reads to know its servers' health, as text. */
  async stateFile(): Promise<string> {
    return await ask(this.#socket, 'show servers state')
  }

  /** Runs the commands, then reads back the servers of `keys`. One round trip where the commands fit one line. */
  async change(commands: readonly string[], keys: readonly PortKey[]): Promise<ServerState[]> {
    const servers: ServerState[] = []
    for (const line of commandLines([...commands, ...showServers(keys)])) {
      servers.push(...(allServers(splitReplies(await ask(this.#socket, line))) ?? []))
    }
    return servers
  }

  /** Of every frontend and server. Heavy: 25 ms of HAProxy's time for 1,000 routes. */
  async stats(): Promise<Stat[]> {
    const reply = await ask(this.#socket, `show stat -1 ${FRONTENDS_AND_SERVERS} -1`)
    return required(parseShowStat(reply.trim()), 'show stat')
  }

  /** Of the servers of some proxies. */
  async statsOf(proxies: readonly string[]): Promise<Stat[]> {
    const stats: Stat[] = []
    for (const line of commandLines(proxies.map((proxy) => `show stat ${proxy} ${SERVERS} -1`))) {
      const replies = splitReplies(await ask(this.#socket, line))
      stats.push(...replies.flatMap((reply) => parseShowStat(reply) ?? []))
    }
    return stats
  }
}

function showServers(keys?: readonly PortKey[]): string[] {
  if (!keys || keys.length >= DUMP_ALL_FROM) return ['show servers state']
  return keys.map((key) => `show servers state ${proxyName(key)}`)
}

/** What a worker says of a route that it has not loaded: an old one, around a reload. */
const NO_SUCH_ROUTE = "Can't find backend."

function allServers(replies: readonly string[], memory?: LineMemory): ServerState[] | undefined {
  const dumps = replies
    .map((reply) => (reply === NO_SUCH_ROUTE ? [] : parseShowServersState(reply, memory)))
    .filter((dump) => dump !== undefined)
  return dumps.length > 0 ? dumps.flat() : undefined
}

function first<T>(replies: readonly string[], parse: (reply: string) => T | undefined): T | undefined {
  for (const reply of replies) {
    const parsed = parse(reply)
    if (parsed !== undefined) return parsed
  }
  return undefined
}

function required<T>(parsed: T | undefined, command: string): T {
  if (parsed === undefined) throw new CliSilent('cut', `no whole answer to \`${command}\``)
  return parsed
}
