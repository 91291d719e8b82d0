import { Compile } from 'typebox/compile'
import { DocumentEnvelope, MAX_CLAIMS, TTL_SECONDS } from '../../wire/document.ts'
import type { Scope } from '../../wire/token.ts'
import type { Refusal } from '../refusal.ts'
import { type PortKey, portKey } from '../route.ts'
import { outsideScope } from '../scope.ts'
import { allAtOnce, type Steps } from '../steps.ts'
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
 * schema, normal form, scope, rules, and the claims before it, and gets its first refusal's code with all the words.
 */
export function readDocument(raw: unknown, sender: Sender, rules: ClaimRules): DocumentReading {
  return allAtOnce(readDocumentInSteps(raw, sender, rules))
}

/** The same in steps, a claim each, for a document that is large. */
export function* readDocumentInSteps(
  raw: unknown,
  sender: Sender,
  rules: ClaimRules,
): Steps<DocumentReading> {
  if (!documentEnvelope.Check(raw)) return { faults: envelopeFaults(raw) }
  const { cluster, phone, identity, caller, scope } = sender
  const claims: Claim[] = []
  const refused = new RefusedClaims()
  const taken = new Set<PortKey>()
  let usesCaller = false
  for (const [index, rawClaim] of raw.claims.entries()) {
    yield
    const context = { cluster, clusterUid: raw.clusterUid, caller, maxFaults: refused.maxFaults }
    const reading = readClaim(rawClaim, index, context)
    usesCaller ||= reading.usesCaller
    if ('faults' in reading) {
      refused.add(index, rawClaim, reading.code, reading.faults)
      continue
    }
    const refusals = judge(reading.claim, scope, rules, taken)
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

function judge(claim: Claim, scope: Scope, rules: ClaimRules, taken: ReadonlySet<PortKey>): Refusal[] {
  const key = portKey(claim.protocol, claim.port)
  const [cluster = '', namespace = ''] = claim.owner.split('/')
  const backends = claim.backends.map(({ address }) => address)
  const lacks = outsideScope(scope, {
    cluster,
    namespace,
    port: claim.port,
    protocol: claim.protocol,
    backends,
  })
  return [
    ...lacks.map((detail): Refusal => ({ code: 'outside-scope', detail })),
    ...brokenRules(claim, rules),
    ...(taken.has(key) ? [{ code: 'claim-duplicate', detail: `${key} is claimed twice` } as const] : []),
  ]
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

/** The text whose digest stands for a document: equal texts, equal documents. */
export function digestInput(document: DocumentContent): string {
  const { fence, sequence, ttl, claims, refused } = document
  return JSON.stringify([fence, sequence, ttl, claims, refused])
}
