import type { Check } from '../../wire/claim.ts'
import { type Backend, backendName, type Route } from '../route.ts'
import { CHECK } from './foundation.ts'
import { word } from './word.ts'

/**
 * A server's name and settings, the very same text in the configuration and behind `add server`: what is added at run
 * time inherits nothing (management manual 2.6, 9.3), so everything is spelled out, also where the configuration would
 * not need it (`check-send-proxy`).
 */
export function serverText(backend: Backend, { check, affinity }: Pick<Route, 'check' | 'affinity'>): string {
  const name = backendName(backend)
  return [
    word(name),
    word(endpoint(backend)),
    ...(affinity === 'client-ip' ? [`id ${serverId(name)}`] : []),
    ...proxyProtocolWords(backend, check),
    ...checkWords(check),
  ].join(' ')
}

/**
 * From 1 to 2^31 - 1, always the same for a name, where HAProxy would count them in the order in which they come: its
 * consistent hash goes by them. (32-bit FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. Of 256 backends two share an
 * id in one route of 65,000; HAProxy refuses that.)
 */
function serverId(name: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193)
  return hash >>> 1 || 1
}

function endpoint({ address, port }: Backend): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}

/** The health check speaks the PROXY protocol where it goes to the port that expects it. */
function proxyProtocolWords({ proxyProtocol }: Backend, check: Check): string[] {
  if (proxyProtocol === 'off') return []
  const checksSamePort = check.type !== 'none' && check.port === undefined
  return [
    proxyProtocol === 'v1' ? 'send-proxy' : 'send-proxy-v2',
    ...(checksSamePort ? ['check-send-proxy'] : []),
  ]
}

function checkWords(check: Check): string[] {
  if (check.type === 'none') return []
  return check.port === undefined ? [CHECK] : [CHECK, `port ${check.port}`]
}
