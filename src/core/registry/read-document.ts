import { Compile } from 'typebox/compile'
import { DocumentEnvelope, MAX_ADDRESSES, MAX_CLAIMS, TTL_SECONDS } from '../../wire/document.ts'
import type { Scope } from '../../wire/token.ts'
import { type Address, parseAddress } from '../address/address.ts'
import type { Refusal } from '../refusal.ts'
import { type PortKey, portKey } from '../route.ts'
import { outsideScope } from '../scope.ts'
import type { Steps } from '../steps.ts'
import { brokenRules, type ClaimRules } from './claim-rules.ts'
import type { Claim, Document } from './document.ts'
import { readClaim } from './read-claim.ts'
import { RefusedClaims } from './refused-claims.ts'

const documentEnvelope = Compile(DocumentEnvelope)

/** Who sends a document, and by which rules it is read. */
export interface Sender {
  readonly cluster: string
  readonly phone: string
  readonly identity: string
  readonly scope: Scope
  /** Canonical address that the call came from; undefined where a proxy did not tell. */
  readonly caller: string | undefined
}

/** Everything of a document but its digest. */
export type DocumentContent = Omit<Document, 'digest'>

export type DocumentReading =
  | { readonly document: DocumentContent }
  | { readonly faults: readonly { readonly path: string; readonly message: string }[] }

/**
 * Read a document: its envelope must be right as a whole, each claim stands or falls by itself. A claim goes through
 * schema, normal form, scope, rules, and the claims before it, and gets its first refusal's code with all the words. In
 * steps, a claim or less each, since it may be large.
 */
export function* readDocumentInSteps(
  raw: unknown,
  sender: Sender,
  rules: ClaimRules,
): Steps<DocumentReading> {
  if (!documentEnvelope.Check(raw)) return { faults: envelopeFaults(raw) }
  if (countAddresses(raw.claims) > MAX_ADDRESSES) return { faults: [TOO_MANY_ADDRESSES] }
  const { cluster, phone, identity, caller, scope } = sender
  const callerAddress = caller === undefined ? undefined : parseAddress(caller)
  const claims: Claim[] = []
  const refused = new RefusedClaims()
  const taken = new Set<PortKey>()
  let usesCaller = false
  for (const [index, rawClaim] of raw.claims.entries()) {
    yield
    const { maxFaults } = refused
    const context = { cluster, clusterUid: raw.clusterUid, caller: callerAddress, maxFaults }
    const reading = yield* readClaim(rawClaim, index, context)
    usesCaller ||= reading.usesCaller
    if ('faults' in reading) {
      refused.add(index, rawClaim, reading.code, reading.faults)
      continue
    }
    // The first has the code; the others are words only.
    const refusals = judge(reading, scope, rules, taken)
      .take(maxFaults + 1)
      .toArray()
    const [first] = refusals
    if (first) {
      const details = refusals.map(({ detail }) => detail)
      refused.add(index, rawClaim, first.code, details)
      continue
    }
    taken.add(portKey(reading.claim.protocol, reading.claim.port))
    claims.push(reading.claim)
  }
  const { fence = 0, sequence = 0, ttl = TTL_SECONDS.default } = raw
  const said = { fence, sequence, ttl: ttl * 1000, usesCaller, claims, refused: refused.list }
  return { document: { cluster, phone, identity, ...(caller !== undefined && { caller }), ...said } }
}

/** What speaks against a claim, looked for as it is asked for. */
function* judge(
  { claim, addresses }: { readonly claim: Claim; readonly addresses: readonly Address[] },
  scope: Scope,
  rules: ClaimRules,
  taken: ReadonlySet<PortKey>,
): Generator<Refusal, void, undefined> {
  const { port, protocol } = claim
  const [cluster = '', namespace = ''] = claim.owner.split('/')
  const wish = { cluster, namespace, port, protocol, backends: addresses }
  for (const detail of outsideScope(scope, wish)) yield { code: 'outside-scope', detail }
  yield* brokenRules(claim, addresses, rules)
  const key = portKey(protocol, port)
  if (taken.has(key)) yield { code: 'claim-duplicate', detail: `${key} is claimed twice` }
}

/** Backends and ranges of all claims, as far as they are lists. */
function countAddresses(claims: readonly unknown[]): number {
  let count = 0
  for (const claim of claims) {
    if (typeof claim !== 'object' || claim === null) continue
    if ('backends' in claim && Array.isArray(claim.backends)) count += claim.backends.length
    if ('allow' in claim && Array.isArray(claim.allow)) count += claim.allow.length
  }
  return count
}

const TOO_MANY_ADDRESSES = {
  path: '/claims',
  message: `must not have more than ${MAX_ADDRESSES} backends and allowed ranges in all`,
}

function envelopeFaults(raw: unknown): { path: string; message: string }[] {
  // The validator would look at each of millions.
  if (hasTooManyClaims(raw)) {
    return [{ path: '/claims', message: `must not have more than ${MAX_CLAIMS} items` }]
  }
  return documentEnvelope
    .Errors(raw)
    .flatMap(({ instancePath, keyword, message }) => {
      if (keyword === 'additionalProperties') return []
      const path = instancePath.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)
      return { path, message: keyword === 'boolean' ? 'is no field here' : message }
    })
    .slice(0, 20)
}

function hasTooManyClaims(raw: unknown): boolean {
  if (typeof raw !== 'object' || raw === null || !('claims' in raw)) return false
  return Array.isArray(raw.claims) && raw.claims.length > MAX_CLAIMS
}

/** The text whose digest stands for a document: equal texts, equal documents. In pieces, since it may be long. */
export function* digestInput(document: DocumentContent): Generator<string, void, undefined> {
  const { fence, sequence, ttl, claims, refused } = document
  yield JSON.stringify([fence, sequence, ttl]).slice(0, -1)
  for (const list of [claims, refused]) {
    yield ',['
    for (const [at, claim] of list.entries()) yield `${at > 0 ? ',' : ''}${JSON.stringify(claim)}`
    yield ']'
  }
  yield ']'
}
