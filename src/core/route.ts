import type { Check, ProxyProtocol } from '../wire/claim.ts'
import type { Protocol } from '../wire/names.ts'
import type { OwnerKey } from './owner.ts'

/** `tcp/8443`: names a frontend port in maps, logs and events. */
export type PortKey = `${Protocol}/${number}`

export interface Backend {
  /** Canonical text (RFC 5952); an IPv4-mapped address is written as IPv4. */
  readonly address: string
  readonly port: number
  readonly proxyProtocol: ProxyProtocol
}

/** A frontend port with the backends that all claims of its owner give it. */
export interface Route {
  readonly key: PortKey
  readonly port: number
  readonly protocol: Protocol
  readonly owner: OwnerKey
  /** The token whose document its settings come from. */
  readonly author: string
  /** Client ranges that may connect; absent for all, empty for none. */
  readonly allow?: readonly string[]
  readonly check: Check
  /** Absent for none. */
  readonly affinity?: 'client-ip'
  /** Sorted by `backendName`, without duplicates; empty only where a port that is to be closed has to stay. */
  readonly backends: readonly Backend[]
}

export type Routes = ReadonlyMap<PortKey, Route>

export function portKey(protocol: Protocol, port: number): PortKey {
  return `${protocol}/${port}`
}

export function readPortKey(key: PortKey): { readonly protocol: Protocol; readonly port: number } {
  return { protocol: key.startsWith('udp') ? 'udp' : 'tcp', port: Number(key.slice('tcp/'.length)) }
}

/** Sorts by port, TCP before UDP. */
export function portOrder(key: PortKey): number {
  const { protocol, port } = readPortKey(key)
  return port * 2 + (protocol === 'udp' ? 1 : 0)
}

/**
 * The name of a backend, the same on every run: `192.0.2.7:30843`, or `192.0.2.7:30843:v2` behind the PROXY protocol. A
 * backend whose protocol changes is thereby another backend, so sessions begun without the header keep their own.
 */
export function backendName({ address, port, proxyProtocol }: Backend): string {
  return proxyProtocol === 'off' ? `${address}:${port}` : `${address}:${port}:${proxyProtocol}`
}
