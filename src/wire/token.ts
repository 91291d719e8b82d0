import Type from 'typebox'
import { ReleaseAnswer } from './document.ts'
import { ClusterName, ProtocolName } from './names.ts'

const PortRange = Type.String({
  pattern: '^[0-9]{1,5}(-[0-9]{1,5})?$',
  description: 'A port or a range: 8443, 30000-32767.',
})

/** What a token opens. A list that is left out opens all. */
export const Scope = Type.Object(
  {
    role: Type.Union([Type.Literal('phone'), Type.Literal('admin')], {
      description: 'A phone writes documents within its scope; an admin also reads all and makes tokens.',
    }),
    clusters: Type.Optional(Type.Array(ClusterName, { minItems: 1 })),
    namespaces: Type.Optional(
      Type.Array(Type.String({ pattern: '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$' }), { minItems: 1 }),
    ),
    ports: Type.Optional(Type.Array(PortRange, { minItems: 1 })),
    protocols: Type.Optional(Type.Array(ProtocolName, { minItems: 1 })),
    backends: Type.Optional(
      Type.Array(Type.String({ maxLength: 49 }), {
        minItems: 1,
        description: 'Address ranges that claims may forward to.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type Scope = Type.Static<typeof Scope>

export const TokenRequest = Type.Object(
  {
    name: Type.String({
      pattern: '^[A-Za-z0-9][A-Za-z0-9 ._@-]{0,62}$',
      description: 'For people: whose it is.',
    }),
    scope: Scope,
    expires: Type.Optional(Type.String({ format: 'date-time' })),
  },
  { additionalProperties: false },
)
export type TokenRequest = Type.Static<typeof TokenRequest>

export const TokenView = Type.Object({
  id: Type.String(),
  name: Type.String(),
  scope: Scope,
  created: Type.String({ format: 'date-time' }),
  expires: Type.Optional(Type.String({ format: 'date-time' })),
  lastUsed: Type.Optional(Type.String({ format: 'date-time', description: 'Since the daemon started.' })),
})
export type TokenView = Type.Static<typeof TokenView>

/** What a token that is revoked has claimed. */
export const TokenRevoked = Type.Object({
  id: Type.String(),
  released: Type.Boolean({
    description:
      'Whether its claims were released; else they stay until their lease and their hold are over.',
  }),
  documents: Type.Integer({ description: 'Documents that it wrote.' }),
  claims: Type.Integer({ description: 'Claims in those documents.' }),
  ...ReleaseAnswer.properties,
})
export type TokenRevoked = Type.Static<typeof TokenRevoked>

/** The only time that the token itself is shown: the edge keeps a hash. */
export const TokenCreated = Type.Object({ ...TokenView.properties, token: Type.String() })
export type TokenCreated = Type.Static<typeof TokenCreated>
