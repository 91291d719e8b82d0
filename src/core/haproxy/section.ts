import type { Route } from '../route.ts'
import { DEFAULTS } from './foundation.ts'
import { proxyName } from './proxy-name.ts'
import { serverText } from './server.ts'
import { quoted, word } from './word.ts'

/** One route in the configuration. The head needs a reload to change, the servers do not. */
export interface Section {
  /** An empty line, then those from `listen` on; each ends with a newline. */
  readonly head: string
  /** The `server` lines, sorted by name; each ends with a newline. */
  readonly servers: string
}

/** @param bind The addresses to listen on; `::` stands for all of IPv6 and only that. */
export function renderHead(route: Route, bind: readonly string[]): string {
  const lines = [
    `listen ${proxyName(route.key)} from ${DEFAULTS}`,
    ...bind.map((address) => `    bind ${bindText(word(address), route.port)}`),
    ...allowLines(route.allow),
    ...(route.affinity === 'client-ip' ? CLIENT_AFFINITY : []),
    ...(route.check.type === 'http' ? [`    option httpchk GET ${quoted(route.check.path)}`] : []),
  ]
  return `\n${lines.join('\n')}\n`
}

export function renderServers(route: Route): string {
  return route.backends.map((backend) => `    server ${serverText(backend, route)}\n`).join('')
}

/**
 * `v6only`, so that IPv4 clients come through a listener of their own: through a dual-stack one, backends behind the
 * PROXY protocol are told `TCP6 ::ffff:192.0.2.7` (seen on 2.6 and 3.0), which many do not take for an IPv4 address.
 */
function bindText(address: string, port: number): string {
  return address.includes(':') ? `[${address}]:${port} v6only` : `${address}:${port}`
}

/**
 * A hash and no table: the same client finds the same backend in every worker, after a reload too, and when a backend
 * leaves only its own clients move. (`server.ts` gives the ids that the hash goes by.)
 */
const CLIENT_AFFINITY = ['    balance source', '    hash-type consistent']

/** HAProxy reads at most 64 words and 2047 characters of a line; a range has at most 43. */
const RANGES_PER_LINE = 40

function allowLines(allow: Route['allow']): string[] {
  if (allow === undefined) return []
  if (allow.length === 0) return ['    tcp-request connection reject']
  const lines: string[] = []
  for (let first = 0; first < allow.length; first += RANGES_PER_LINE) {
    const ranges = allow.slice(first, first + RANGES_PER_LINE).map(word)
    lines.push(`    acl allowed src ${ranges.join(' ')}`)
  }
  return [...lines, '    tcp-request connection reject unless allowed']
}
