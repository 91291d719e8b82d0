import type { Check } from '../../wire/claim.ts'
import { type Backend, backendName } from '../route.ts'
import { CHECK } from './foundation.ts'
import { word } from './word.ts'

/**
 * A server's name and settings, the very same text in the configuration and behind `add server`: what is added at run
 * time inherits nothing (management manual 2.6, 9.3), so everything is spelled out, also where the configuration would
 * not need it (`check-send-proxy`).
 */
export function serverText(backend: Backend, check: Check): string {
  return [
    word(backendName(backend)),
    word(endpoint(backend)),
    ...proxyProtocolWords(backend, check),
    ...checkWords(check),
  ].join(' ')
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
