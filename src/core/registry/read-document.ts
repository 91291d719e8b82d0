import { Compile } from 'typebox/compile'
import { DocumentEnvelope, TTL_SECONDS } from '../../wire/document.ts'
import { PortNumber, ProtocolName } from '../../wire/names.ts'
import type { Scope } from '../../wire/token.ts'
import type { Refusal } from '../refusal.ts'
import { type PortKey, portKey } from '../route.ts'
import { outsideScope } from '../scope.ts'
import { brokenRules, type ClaimRules } from './claim-rules.ts'
import type { Claim, Document, RefusedClaim } from './document.ts'
import { readClaim } from './read-claim.ts'

const documentEnvelope = Compile(DocumentEnvelope)
const port = Compile(PortNumber)
const protocol = Compile(ProtocolName)

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
  if (!documentEnvelope.Check(raw)) return { faults: envelopeFaults(raw) }
  const claims: Claim[] = []
  const refused: RefusedClaim[] = []
  const taken = new Set<PortKey>()
  let usesCaller = false
  for (const [index, rawClaim] of raw.claims.entries()) {
    const reading = readClaim(rawClaim, index, sender.cluster, sender.caller)
    usesCaller ||= reading.usesCaller
    if ('faults' in reading) {
      refused.push(refusedClaim(index, rawClaim, reading.code, reading.faults))
      continue
    }
    const refusals = judge(reading.claim, sender.scope, rules, taken)
    const [first] = refusals
    if (first)
      refused.push(
        refusedClaim(
          index,
          rawClaim,
          first.code,
          refusals.map(({ detail }) => detail),
        ),
      )
    else {
      taken.add(portKey(reading.claim.protocol, reading.claim.port))
      claims.push(reading.claim)
    }
  }
  const { cluster, phone, identity, caller } = sender
  const { fence = 0, sequence = 0, ttl = TTL_SECONDS.default } = raw
  return {
    document: {
      cluster,
      phone,
      identity,
      fence,
      sequence,
      ttl: ttl * 1000,
      ...(caller !== undefined && { caller }),
      usesCaller,
      claims,
      refused,
    },
  }
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

/** What can be told of a claim that cannot be read whole: only what is of the right form. */
function refusedClaim(
  index: number,
  raw: unknown,
  code: Refusal['code'],
  details: readonly string[],
): RefusedClaim {
  const fields =
    typeof raw === 'object' && raw !== null ? new Map<string, unknown>(Object.entries(raw)) : new Map()
  const rawPort = fields.get('port')
  const rawProtocol = fields.get('protocol') ?? 'tcp'
  return {
    index,
    ...(port.Check(rawPort) && { port: rawPort }),
    ...(protocol.Check(rawProtocol) && { protocol: rawProtocol }),
    refusal: { code, detail: details.join('; ') },
  }
}

function envelopeFaults(raw: unknown): { path: string; message: string }[] {
  return documentEnvelope
    .Errors(raw)
    .flatMap(({ instancePath, keyword, message }) => {
      if (keyword === 'additionalProperties') return []
      const path = instancePath.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)
      return { path, message: keyword === 'boolean' ? 'is no field here' : message }
    })
    .slice(0, 20)
}

/** The text whose digest stands for a document: equal texts, equal documents. */
export function digestInput(document: DocumentContent): string {
  const { fence, sequence, ttl, claims, refused } = document
  return JSON.stringify([fence, sequence, ttl, claims, refused])
}
