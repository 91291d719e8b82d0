import Type from 'typebox'
import { ClaimRequest } from './claim.ts'
import { PortNumber, ProtocolName } from './names.ts'

/** Leases, in seconds. The default suits a phone that calls every 20 s and may miss two calls. */
export const TTL_SECONDS = { min: 5, max: 86_400, default: 60 } as const

export const MAX_CLAIMS = 20_000

/** Backends and allowed ranges of all claims of a document together: six for each of the most claims. */
export const MAX_ADDRESSES = 120_000

/** Bytes of a document's body: ten thousand claims take about 2 MB. */
export const MAX_DOCUMENT_BYTES = 8 * 1024 * 1024

/** How many values a body may hold. Twenty thousand claims with two backends each are 300,000. */
export const MAX_DOCUMENT_VALUES = 500_000

const envelope = {
  ttl: Type.Optional(
    Type.Integer({
      minimum: TTL_SECONDS.min,
      maximum: TTL_SECONDS.max,
      default: TTL_SECONDS.default,
      description: 'Seconds until the claims lapse unless the phone calls again.',
    }),
  ),
  fence: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Rises with each change of leader; a lower one than the last is refused.',
    }),
  ),
  sequence: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Rises with each change of the document, so that a late call never overtakes a newer one.',
    }),
  ),
  clusterUid: Type.Optional(
    Type.String({
      pattern: '^[A-Za-z0-9-]{1,64}$',
      description:
        'What tells this cluster from another one of the same name: the uid of a namespace, say. Owners of the two are different owners.',
    }),
  ),
}

/** What `PUT /v1/clusters/{cluster}/phones/{phone}` takes: everything that this phone claims, whole. */
export const DocumentRequest = Type.Object(
  {
    ...envelope,
    claims: Type.Array(ClaimRequest, {
      maxItems: MAX_CLAIMS,
      description: `At most ${MAX_ADDRESSES} backends and allowed ranges in all of them together.`,
    }),
  },
  { additionalProperties: false },
)
export type DocumentRequest = Type.Static<typeof DocumentRequest>

/**
 * The same, each claim still unread. The edge reads the document with this schema and then each claim by itself, so
 * that one bad claim harms only itself.
 */
export const DocumentEnvelope = Type.Object(
  { ...envelope, claims: Type.Array(Type.Unknown(), { maxItems: MAX_CLAIMS }) },
  { additionalProperties: false },
)
export type DocumentEnvelope = Type.Static<typeof DocumentEnvelope>

export const HealthState = Type.Union(
  ['checking', 'up', 'down', 'unchecked'].map((state) => Type.Literal(state)) as [
    Type.TLiteral<'checking'>,
    Type.TLiteral<'up'>,
    Type.TLiteral<'down'>,
    Type.TLiteral<'unchecked'>,
  ],
)

export const BackendAnswer = Type.Object({
  address: Type.String(),
  port: PortNumber,
  health: HealthState,
  reason: Type.Optional(Type.String({ description: "Why it is down, in HAProxy's words." })),
})
export type BackendAnswer = Type.Static<typeof BackendAnswer>
export type Health = BackendAnswer['health']

export const ClaimAnswer = Type.Object({
  index: Type.Integer({ description: 'The place of the claim in the document, from 0.' }),
  owner: Type.Optional(Type.String()),
  port: Type.Optional(PortNumber),
  protocol: Type.Optional(ProtocolName),
  state: Type.Union([Type.Literal('live'), Type.Literal('refused')]),
  code: Type.Optional(Type.String({ description: 'Why it is refused: a code of docs/errors.md.' })),
  status: Type.Optional(Type.Integer({ description: 'The HTTP status that this refusal alone would have.' })),
  permanent: Type.Optional(Type.Boolean({ description: 'Whether the same claim would be refused again.' })),
  detail: Type.Optional(Type.String()),
  backends: Type.Optional(Type.Array(BackendAnswer)),
})
export type ClaimAnswer = Type.Static<typeof ClaimAnswer>

export const DocumentAnswer = Type.Object({
  digest: Type.String({
    description: 'SHA-256 of the document as the edge holds it; the ETag of the answer.',
  }),
  claims: Type.Array(ClaimAnswer),
})
export type DocumentAnswer = Type.Static<typeof DocumentAnswer>

/**
 * What `GET .../phones/{phone}/document` gives: the claims as the edge holds them, in a form in which they can be put again.
 * Those that were refused for what they say are not held.
 */
export const HeldDocument = Type.Object({
  digest: DocumentAnswer.properties.digest,
  claims: Type.Array(ClaimRequest),
})
export type HeldDocument = Type.Static<typeof HeldDocument>

/** Ports of a released document that are open still. They close as soon as they can, and forward nothing until then. */
export const ReleaseAnswer = Type.Object({
  closing: Type.Array(
    Type.Object({
      port: PortNumber,
      protocol: ProtocolName,
      code: Type.String({ description: 'Why it is open still: a code of docs/errors.md.' }),
      detail: Type.String(),
    }),
  ),
})
export type ReleaseAnswer = Type.Static<typeof ReleaseAnswer>
