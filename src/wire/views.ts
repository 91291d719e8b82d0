import Type from 'typebox'
import { Affinity } from './claim.ts'
import { BackendAnswer } from './document.ts'
import { PortNumber, ProtocolName } from './names.ts'

/** A frontend port as it is served now. */
export const RouteView = Type.Object({
  port: PortNumber,
  protocol: ProtocolName,
  owner: Type.String({ description: 'cluster/namespace/name' }),
  state: Type.Union([Type.Literal('live'), Type.Literal('refused')]),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  allow: Type.Optional(Type.Array(Type.String())),
  affinity: Type.Optional(Affinity),
  backends: Type.Array(
    Type.Object({
      ...BackendAnswer.properties,
      sessions: Type.Integer({ description: 'Connections open now, as last seen.' }),
      stale: Type.Boolean({
        description: 'Its phone fell silent; it is kept while it is well, for the hold time.',
      }),
    }),
  ),
})
export type RouteView = Type.Static<typeof RouteView>

/** A claim as its phone made it, with what became of it. */
export const ClaimView = Type.Object({
  cluster: Type.String(),
  phone: Type.String(),
  owner: Type.Optional(Type.String()),
  port: Type.Optional(PortNumber),
  protocol: Type.Optional(ProtocolName),
  state: Type.Union([Type.Literal('live'), Type.Literal('stale'), Type.Literal('refused')]),
  code: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  lapsesIn: Type.Optional(
    Type.Number({ description: 'Seconds until the lease (or, when stale, the hold) ends.' }),
  ),
})
export type ClaimView = Type.Static<typeof ClaimView>

export const StatusView = Type.Object({
  version: Type.String(),
  fingerprint: Type.String(),
  uptime: Type.Number({ description: 'Seconds since the daemon started.' }),
  ready: Type.Boolean(),
  documents: Type.Integer({ description: 'Those of the clusters that the token opens.' }),
  clusters: Type.Array(
    Type.Object({ name: Type.String(), documents: Type.Integer(), claims: Type.Integer() }),
    { description: 'What each cluster has here, by name: those that the token opens.' },
  ),
  routes: Type.Object(
    { live: Type.Integer(), refused: Type.Integer() },
    { description: 'Those that the token opens.' },
  ),
  haproxy: Type.Object({
    state: Type.Union([Type.Literal('running'), Type.Literal('unavailable')]),
    detail: Type.Optional(Type.String()),
    version: Type.Optional(Type.String()),
    pid: Type.Optional(Type.Integer()),
    reloads: Type.Integer({ description: 'By this daemon, since it started.' }),
    sessions: Type.Integer(),
    oldWorkers: Type.Array(
      Type.Object({
        pid: Type.Integer(),
        uptime: Type.String(),
        sessions: Type.Optional(Type.Integer({ description: 'Absent where it does not answer.' })),
      }),
    ),
  }),
  warnings: Type.Array(Type.String()),
})
export type StatusView = Type.Static<typeof StatusView>

/** One line of `GET /v1/events`: something changed. */
export const EventView = Type.Object({
  id: Type.Integer(),
  time: Type.String({ format: 'date-time' }),
  type: Type.Union([
    Type.Literal('route-live'),
    Type.Literal('route-refused'),
    Type.Literal('route-gone'),
    Type.Literal('backend-up'),
    Type.Literal('backend-down'),
    Type.Literal('phone-silent'),
    Type.Literal('phone-back'),
    Type.Literal('phone-gone'),
    Type.Literal('haproxy-reloaded'),
    Type.Literal('haproxy-unavailable'),
    Type.Literal('haproxy-adopted'),
    Type.Literal('haproxy-started'),
  ]),
  subject: Type.String({ description: 'tcp/8443, cluster/phone, or haproxy.' }),
  detail: Type.Optional(Type.String()),
})
export type EventView = Type.Static<typeof EventView>
