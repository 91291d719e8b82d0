import Type from 'typebox'
import { OwnerName, PortNumber, ProtocolName } from './names.ts'

const AddressText = Type.String({
  maxLength: 45,
  description: 'An IPv4 or IPv6 address (RFC 5952 in answers).',
})
const CidrText = Type.String({ maxLength: 49, description: 'An address range: 192.0.2.0/24, 2001:db8::/32.' })

export const BackendRequest = Type.Object(
  {
    address: Type.Optional(AddressText),
    port: PortNumber,
  },
  {
    additionalProperties: false,
    description: "Where to forward to; an address left out is the caller's own.",
  },
)

export const CheckRequest = Type.Union(
  [
    Type.Object(
      { type: Type.Literal('tcp'), port: Type.Optional(PortNumber) },
      { additionalProperties: false },
    ),
    Type.Object({ type: Type.Literal('none') }, { additionalProperties: false }),
    Type.Object(
      {
        type: Type.Literal('http'),
        path: Type.String({ pattern: "^/[A-Za-z0-9._~!&'()*+,;=:@%/?-]{0,255}$" }),
        port: Type.Optional(PortNumber),
      },
      { additionalProperties: false },
    ),
  ],
  { description: 'How the edge finds out whether a backend is well. The default is a TCP connection.' },
)
export type Check = Type.Static<typeof CheckRequest>

export const ProxyProtocolVersion = Type.Union(
  [Type.Literal('off'), Type.Literal('v1'), Type.Literal('v2')],
  {
    description: "The PROXY protocol header that each backend gets, so that it sees the client's address.",
  },
)
export type ProxyProtocol = Type.Static<typeof ProxyProtocolVersion>

export const Affinity = Type.Union([Type.Literal('none'), Type.Literal('client-ip')], {
  description:
    'Whether the connections of one client address go to one backend, for as long as that is there. The default is none: to the backend with the fewest.',
})

/** Backends of one claim, and ranges that it allows. */
export const MAX_ITEMS = 256

/** "Frontend port `port` belongs to `owner`, reached at `backends`." */
export const ClaimRequest = Type.Object(
  {
    owner: OwnerName,
    port: PortNumber,
    protocol: Type.Optional(ProtocolName),
    backends: Type.Array(BackendRequest, { maxItems: MAX_ITEMS }),
    proxyProtocol: Type.Optional(ProxyProtocolVersion),
    check: Type.Optional(CheckRequest),
    affinity: Type.Optional(Affinity),
    allow: Type.Optional(
      Type.Array(CidrText, {
        maxItems: MAX_ITEMS,
        description: 'Clients that may connect. Left out: all. Empty: none.',
      }),
    ),
  },
  { additionalProperties: false },
)
export type ClaimRequest = Type.Static<typeof ClaimRequest>
