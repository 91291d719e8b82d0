import type { Check } from '../../wire/claim.ts'
import type { Protocol } from '../../wire/names.ts'
import type { OwnerKey } from '../owner.ts'
import type { Refusal } from '../refusal.ts'
import type { Backend } from '../route.ts'

/** `cluster/phone`: names a document. */
export type DocumentKey = `${string}/${string}`

export function documentKey(cluster: string, phone: string): DocumentKey {
  return `${cluster}/${phone}`
}

/** A claim that was read and found good: defaults filled in, addresses canonical. */
export interface Claim {
  /** Its place in the document, from 0. */
  readonly index: number
  readonly owner: OwnerKey
  readonly port: number
  readonly protocol: Protocol
  readonly backends: readonly Backend[]
  readonly check: Check
  /** Absent for none. */
  readonly affinity?: 'client-ip'
  readonly allow?: readonly string[]
}

/** A claim that was refused for what it says itself; whatever of it could be read. */
export interface RefusedClaim {
  readonly index: number
  readonly owner?: string
  readonly port?: number
  readonly protocol?: Protocol
  readonly refusal: Refusal
}

/** Everything one phone claims, as the edge holds it. */
export interface Document {
  readonly cluster: string
  readonly phone: string
  /** The token that first wrote it: nobody else's call changes it. */
  readonly identity: string
  readonly fence: number
  readonly sequence: number
  /** How long its claims hold after a call, in milliseconds. */
  readonly ttl: number
  /** SHA-256 (base64url) of what it says; equal digests mean equal documents. */
  readonly digest: string
  /** The address it was called from, canonical; absent where a proxy did not tell. */
  readonly caller?: string
  /** Whether a claim of it leaves an address out, so that it means another thing from another address. */
  readonly usesCaller: boolean
  readonly claims: readonly Claim[]
  readonly refused: readonly RefusedClaim[]
}
