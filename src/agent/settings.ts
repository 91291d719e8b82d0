import type { Check, ProxyProtocol } from '../wire/claim.ts'
import type { Protocol } from '../wire/names.ts'

/** What one frontend port forwards to. */
export interface PortClaim {
  readonly port: number
  readonly protocol: Protocol
  readonly backendPort: number
}

/** Where the tokens come from. A file is read again before each call. */
export type TokenOrigin =
  | { readonly kind: 'given'; readonly tokens: string }
  | { readonly kind: 'file'; readonly path: string }

/** Everything the agent was told, checked. */
export interface Settings {
  readonly edges: readonly URL[]
  readonly tokens: TokenOrigin
  readonly cluster: string
  readonly phone: string
  /** namespace/name */
  readonly owner: string
  readonly claims: readonly PortClaim[]
  readonly address?: string
  readonly sourceAddress?: string
  readonly proxyProtocol: ProxyProtocol
  /** The original's word for it, which the original call passes on as it is. */
  readonly sendProxy: string
  readonly check?: Check
  readonly allow?: readonly string[]
  /** Milliseconds between two calls. */
  readonly interval: number
  /** Call until the first definite answer, then leave. */
  readonly once: boolean
  /** Seconds that the claims hold without another call. */
  readonly ttl: number
  readonly release: boolean
  readonly readyFile?: string
  readonly readyPort?: number
  /** PEM of the authorities to ask instead of the token's fingerprint. */
  readonly authorities?: string
  readonly log: 'text' | 'json'
}

/** Settings that cannot be used: every fault of them, each naming its setting. Error code `config-invalid`. */
export class SettingsInvalid extends Error {
  override readonly name = 'SettingsInvalid'
  readonly code = 'config-invalid'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    // A token that was given in the wrong place must not come out in the error.
    const clean = faults.map((fault) => fault.replaceAll(/hp1\.[^\s'"]+/g, 'hp1...'))
    super(clean.join('; '))
    this.faults = clean
  }
}
