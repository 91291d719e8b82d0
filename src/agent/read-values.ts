import { isIP } from 'node:net'
import type { Check, ProxyProtocol } from '../wire/claim.ts'
import { readPort, splitList } from './read-claims.ts'

// Each reads one setting's text, or throws an Error whose message is what the text should be.

export function readEdges(text: string): URL[] {
  return splitList(text).map((part) => {
    if (part.includes('@')) throw new Error('a URL must hold no user and no password')
    const url = URL.canParse(part) ? new URL(part) : undefined
    if (!url || !['https:', 'http:'].includes(url.protocol)) {
      throw new Error(`${JSON.stringify(part)} is no URL like https://edge.example.com:9443`)
    }
    return url
  })
}

export function readAddress(text: string): string {
  if (isIP(text) === 0) throw new Error(`${JSON.stringify(text)} is no IPv4 or IPv6 address`)
  return text
}

/** The original's SEND_PROXY knows yes and no; HAProxy's `send-proxy` is version 1. */
export function readProxyProtocol(text: string): ProxyProtocol {
  const word = text.toLowerCase()
  if (word === 'v1' || word === 'v2') return word
  if (['off', 'no', 'false', '0'].includes(word)) return 'off'
  if (['on', 'yes', 'true', '1', 'send-proxy'].includes(word)) return 'v1'
  if (word === 'send-proxy-v2') return 'v2'
  throw new Error(`${JSON.stringify(text)} is not off, v1 or v2`)
}

const CHECK = /^(?:(none)|(tcp)(?::(\d+))?|(http)(?::(\d+))?:(\/.*))$/

/** `tcp`, `tcp:9000`, `http:/path`, `http:9000:/path` or `none`. */
export function readCheck(text: string): Check {
  const [, none, tcp, tcpPort, http, httpPort, path] = CHECK.exec(text) ?? []
  if (none) return { type: 'none' }
  const portText = tcpPort ?? httpPort
  const port = readPort(portText)
  if (portText === undefined || port !== undefined) {
    const other = port === undefined ? {} : { port }
    if (tcp) return { type: 'tcp', ...other }
    if (http && path !== undefined) return { type: 'http', path, ...other }
  }
  throw new Error(`${JSON.stringify(text)} is not tcp, http:/path or none`)
}

export function readRanges(text: string): string[] {
  return splitList(text).map((part) => {
    const [address = '', bits, ...rest] = part.split('/')
    const width = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
    if (rest.length > 0 || !/^\d{1,3}$/.test(bits ?? '0') || Number(bits ?? '0') > width) {
      throw new Error(`${JSON.stringify(part)} is no address range like 192.0.2.0/24`)
    }
    return part
  })
}

export function readSwitch(text: string): boolean {
  const word = text.toLowerCase()
  if (['yes', 'true', 'on', '1'].includes(word)) return true
  if (['no', 'false', 'off', '0'].includes(word)) return false
  throw new Error(`${JSON.stringify(text)} is not yes or no`)
}

export function readSeconds(text: string, { min, max }: { min: number; max: number }): number {
  const seconds = /^\d+(\.\d+)?s?$/.test(text) ? Number.parseFloat(text) : Number.NaN
  if (seconds >= min && seconds <= max) return seconds
  throw new Error(`${JSON.stringify(text)} is no number of seconds from ${min} to ${max}`)
}

export function readLogForm(text: string): 'text' | 'json' {
  if (text === 'text' || text === 'json') return text
  throw new Error(`${JSON.stringify(text)} is not text or json`)
}

/** A name within a pattern of the wire. */
export function readName(text: string, pattern: RegExp, form: string): string {
  if (pattern.test(text)) return text
  throw new Error(`${JSON.stringify(text)} is no ${form}`)
}
