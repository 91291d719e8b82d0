import { type GivenSettings, gatherSettings, settingLabel } from './given.ts'
import { CLUSTER_NAME, OWNER_NAME, PHONE_NAME } from './names.ts'
import { pairTokens } from './pairing.ts'
import { readClaims, readPort } from './read-claims.ts'
import * as read from './read-values.ts'
import type { SettingName } from './setting-table.ts'
import { type PortClaim, type Settings, SettingsInvalid, type TokenOrigin } from './settings.ts'

/** What the agent asks of the machine that it runs on. */
export interface Machine {
  readonly hostname: string
  /** The pod's namespace, where this is a pod. */
  readonly namespace?: string
  /** A file's text. Throws where it cannot be read. */
  readFile(path: string): string
}

const INTERVAL = { min: 1, max: 28_800, default: 20 } as const
const TTL = { min: 5, max: 86_400, default: 60 } as const

/**
 * The agent's settings from its arguments and its environment.
 * @throws SettingsInvalid with every fault at once.
 */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv, machine: Machine): Settings {
  const reader = new Reader(gatherSettings(args, env), machine)
  const settings = reader.settings()
  if (reader.faults.length > 0 || settings === undefined) throw new SettingsInvalid(reader.faults)
  return settings
}

/** Reads on after a fault, and keeps it. */
class Reader {
  readonly faults: string[] = []
  readonly #given: GivenSettings
  readonly #machine: Machine

  constructor(given: GivenSettings, machine: Machine) {
    this.#given = given
    this.#machine = machine
  }

  settings(): Settings | undefined {
    const edges = this.#required('edges', read.readEdges)
    const tokens = this.#tokens(edges)
    const owner = this.#owner()
    const claims = this.#claims()
    const timing = this.#timing()
    const settings = {
      cluster:
        this.#optional('cluster', (text) => read.readName(text, CLUSTER_NAME, 'name of a cluster')) ??
        'default',
      phone: this.#phone(),
      proxyProtocol: this.#optional('proxyProtocol', read.readProxyProtocol) ?? 'off',
      sendProxy: this.#given.get('proxyProtocol')?.text ?? '',
      release: this.#optional('release', read.readSwitch) ?? true,
      log: this.#optional('log', read.readLogForm) ?? 'text',
      ...this.#present('address', read.readAddress),
      ...this.#present('sourceAddress', read.readAddress),
      ...this.#present('check', read.readCheck),
      ...this.#present('allow', read.readRanges),
      ...this.#present('readyFile', (text) => text),
      ...this.#present('readyPort', requirePort),
      ...this.#authorities(),
    }
    if (!edges || !tokens || owner === undefined || !claims) return undefined
    return { edges, tokens, owner, claims, ...timing, ...settings }
  }

  #owner(): string | undefined {
    const namespace = this.#given.get('namespace')?.text ?? this.#machine.namespace ?? 'default'
    return this.#required('owner', (text) => {
      const name = text.includes('/') ? text : `${namespace}/${text}`
      return read.readName(name, OWNER_NAME, 'owner: namespace/name, of small letters, digits and dashes')
    })
  }

  #phone(): string {
    const name = this.#optional('phone', (text) => read.readName(text, PHONE_NAME, 'name of a phone'))
    if (name !== undefined) return name
    const hostname = this.#machine.hostname.toLowerCase()
    if (!PHONE_NAME.test(hostname))
      this.#fault('phone', `the host's name ${JSON.stringify(hostname)} cannot be used`)
    return hostname
  }

  #claims(): PortClaim[] | undefined {
    const claims = this.#optional('claims', readClaims)
    if (claims) return claims
    if (this.#given.has('claims')) return undefined
    const port = this.#optional('frontendPort', requirePort)
    const backendPort = this.#optional('backendPort', requirePort) ?? port
    if (port !== undefined && backendPort !== undefined) return [{ port, backendPort, protocol: 'tcp' }]
    if (!this.#given.has('frontendPort')) this.#fault('claims', 'is missing')
    return undefined
  }

  #tokens(edges: URL[] | undefined): TokenOrigin | undefined {
    const path = this.#given.get('tokenFile')?.text
    const given = this.#given.get('tokens')
    if (path !== undefined && given) {
      this.#fault('tokenFile', `is one too many beside ${given.by}`)
      return undefined
    }
    const name = path === undefined ? 'tokens' : 'tokenFile'
    return this.#required(name, (text) => {
      const tokens = path === undefined ? text : this.#machine.readFile(path)
      const pairs = edges ? pairTokens(edges, tokens) : []
      if (pairs.some(({ style }) => style === 'hook')) this.#refuseBeyondHook()
      return path === undefined ? { kind: 'given', tokens: text } : { kind: 'file', path }
    })
  }

  /** What the original call has no words for would be left out silently: a closed port would be open. */
  #refuseBeyondHook(): void {
    for (const name of ['allow', 'check'] as const) {
      if (this.#given.has(name))
        this.#fault(name, 'cannot be said in the original call: use a token of Homeport')
    }
    if (this.#given.get('claims')?.text.includes('/udp')) {
      this.#fault('claims', 'the original call knows no udp: use a token of Homeport')
    }
  }

  #authorities(): { authorities?: string } {
    const authorities = this.#optional('caFile', (path) => {
      const pem = this.#machine.readFile(path)
      if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error(`${path} holds no certificate (PEM)`)
      return pem
    })
    return authorities === undefined ? {} : { authorities }
  }

  /** A lease must outlast the pause between two calls. */
  #timing(): { interval: number; once: boolean; ttl: number } {
    const once = this.#given.get('interval')?.text === 'once'
    const seconds = once
      ? INTERVAL.default
      : (this.#optional('interval', (text) => read.readSeconds(text, INTERVAL)) ?? INTERVAL.default)
    const fallback = once ? TTL.max : Math.min(Math.max(3 * seconds, TTL.default), TTL.max)
    const ttl = Math.ceil(this.#optional('ttl', (text) => read.readSeconds(text, TTL)) ?? fallback)
    if (!once && ttl <= seconds) this.#fault('ttl', `${ttl} s is no longer than the interval, ${seconds} s`)
    return { interval: seconds * 1000, once, ttl }
  }

  #required<T>(name: SettingName, parse: (text: string) => T): T | undefined {
    if (!this.#given.has(name)) this.#fault(name, 'is missing')
    return this.#optional(name, parse)
  }

  #present<N extends SettingName, T>(name: N, parse: (text: string) => T): { [K in N]?: T } {
    const value = this.#optional(name, parse)
    const present: { [K in N]?: T } = {}
    if (value !== undefined) present[name] = value
    return present
  }

  #optional<T>(name: SettingName, parse: (text: string) => T): T | undefined {
    const given = this.#given.get(name)
    if (!given) return undefined
    try {
      return parse(given.text)
    } catch (error) {
      this.#fault(name, error instanceof Error ? error.message : String(error))
      return undefined
    }
  }

  #fault(name: SettingName, message: string): void {
    this.faults.push(`${this.#given.get(name)?.by ?? settingLabel(name)}: ${message}`)
  }
}

function requirePort(text: string): number {
  const port = readPort(text)
  if (port === undefined) throw new Error(`${JSON.stringify(text)} is no port from 1 to 65535`)
  return port
}
