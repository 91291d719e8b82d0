import { Compile } from 'typebox/compile'
import { ClaimRequest, MAX_ITEMS } from '../../wire/claim.ts'
import { type Address, parseAddress } from '../address/address.ts'
import { formatRange, parseRange } from '../address/range.ts'
import { ownerKey } from '../owner.ts'
import { type Backend, backendName } from '../route.ts'
import type { Steps } from '../steps.ts'
import type { Claim } from './document.ts'

const claimRequest = Compile(ClaimRequest)

/** A claim as it was meant, with each address that its backends have, or every fault of it. */
export type ClaimReading = {
  /** Whether it leaves an address out. */
  readonly usesCaller: boolean
} & (
  | { readonly claim: Claim; readonly addresses: readonly Address[] }
  | { readonly code: 'claim-invalid' | 'caller-unknown'; readonly faults: readonly string[] }
)

const CALLER_UNKNOWN =
  "an address is left out, and the trusted proxy that the call came through does not tell the caller's in X-Forwarded-For"

/** Who sends a claim, and how it is read. */
export interface ClaimReader {
  readonly cluster: string
  /** What tells it from another cluster of that name, where its phone says so. */
  readonly clusterUid: string | undefined
  /** Stands in for addresses left out; where it is undefined, they cannot be. */
  readonly caller: Address | undefined
  /** How many faults are told. With none a claim is only read until it is known to be bad. */
  readonly maxFaults: number
}

/** How many addresses and ranges are read in one step: some 15 us each. */
const STEP = 64

/** A check of the edge's own choice: a connection. */
const DEFAULT_CHECK = { type: 'tcp' } as const

/**
 * Read one claim of a document: schema, then normal form. Texts of the caller's appear in faults only as JSON, so that no
 * control character reaches a log. In steps, since it may have hundreds of addresses.
 */
export function* readClaim(
  raw: unknown,
  index: number,
  { cluster, clusterUid, caller, maxFaults }: ClaimReader,
): Steps<ClaimReading> {
  const invalid = (faults: readonly string[], usesCaller: boolean): ClaimReading => ({
    code: 'claim-invalid',
    faults: faults.slice(0, maxFaults),
    usesCaller,
  })
  if (!claimRequest.Check(raw)) return invalid(maxFaults > 0 ? schemaFaults(raw) : [], false)
  const faults: string[] = []
  const enough = () => faults.length > maxFaults
  const usesCaller = raw.backends.some(({ address }) => address === undefined)
  const proxyProtocol = raw.proxyProtocol ?? 'off'
  const backends: Backend[] = []
  const addresses = new Map<string, Address>()
  for (const [at, { address: text, port }] of raw.backends.entries()) {
    if (enough()) break
    if (at % STEP === STEP - 1) yield
    const address = text === undefined ? caller : parseAddress(text)
    if (address) {
      addresses.set(address.text, address)
      backends.push({ address: address.text, port, proxyProtocol })
    } else if (text !== undefined) faults.push(`backends/${at}/address: ${quoted(text)} is not an IP address`)
  }
  const allow = raw.allow && (yield* readAllow(enough() ? [] : raw.allow, faults))
  if (faults.length > 0) return invalid(faults, usesCaller)
  if (usesCaller && caller === undefined)
    return { code: 'caller-unknown', faults: [CALLER_UNKNOWN], usesCaller }
  const claim: Claim = {
    index,
    owner: ownerKey(cluster, raw.owner, clusterUid),
    port: raw.port,
    protocol: raw.protocol ?? 'tcp',
    backends: distinct(backends),
    check: raw.check ?? DEFAULT_CHECK,
    ...(raw.affinity === 'client-ip' && { affinity: raw.affinity }),
    ...(allow && { allow }),
  }
  return { claim, addresses: [...addresses.values()], usesCaller }
}

/** The validator names eight faults at most, but looks at every item of a list for them. */
function schemaFaults(raw: unknown): string[] {
  const long = tooLong(raw)
  if (long) return [long]
  const faults = claimRequest.Errors(raw).flatMap(({ instancePath, keyword, message }) => {
    if (keyword === 'additionalProperties' || keyword === 'anyOf') return []
    const path = printable(instancePath.slice(1) || 'claim')
    return keyword === 'boolean' ? `${path}: is no field here` : `${path}: ${message}`
  })
  return [...new Set(faults)]
}

function tooLong(raw: unknown): string | undefined {
  if (typeof raw !== 'object' || raw === null) return undefined
  for (const [name, value] of Object.entries(raw)) {
    if (Array.isArray(value) && value.length > MAX_ITEMS) {
      return `${printable(name)}: must not have more than ${MAX_ITEMS} items`
    }
  }
  return undefined
}

/** Field names are the caller's too: nothing of them but short, plain text is repeated. */
function printable(path: string): string {
  const plain = path.replace(/[^\x20-\x7e]/g, '?')
  return plain.length > 60 ? `${plain.slice(0, 60)}...` : plain
}

function quoted(text: string): string {
  return JSON.stringify(printable(text))
}

/** Sorted and without duplicates: the order of a list of ranges means nothing. */
function* readAllow(texts: readonly string[], faults: string[]): Steps<string[]> {
  const ranges = new Set<string>()
  for (const [at, text] of texts.entries()) {
    if (at % STEP === STEP - 1) yield
    const range = parseRange(text)
    if (range) ranges.add(formatRange(range))
    else faults.push(`allow/${at}: ${quoted(text)} is not an address range`)
  }
  return [...ranges].sort()
}

function distinct(backends: readonly Backend[]): Backend[] {
  const byName = new Map(backends.map((backend) => [backendName(backend), backend]))
  return [...byName.keys()].sort().flatMap((name) => byName.get(name) ?? [])
}
