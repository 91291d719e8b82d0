import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { scopeFaults, widerThan } from '../../core/scope.ts'
import { Problem } from '../../wire/problem.ts'
import { type Scope, TokenCreated, TokenRequest, TokenRevoked, TokenView } from '../../wire/token.ts'
import { readJson } from '../json.ts'
import { type Fault, RequestRefused } from '../request-refused.ts'
import type { ApiParts } from './parts.ts'
import type { Callers } from './routes.ts'

const tokenRequest = Compile(TokenRequest)
const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9]{8,32}$' }) })
const Query = Type.Object({
  release: Type.Optional(
    Type.Union([Type.Literal('true'), Type.Literal('false')], {
      description: 'Whether everything that the token claimed is released too.',
    }),
  ),
})
/** Bytes: a scope of thousands of ports and ranges. */
const BODY_LIMIT = 262_144

const problems = { '4xx': Problem, '5xx': Problem }

type TokenParts = Pick<ApiParts, 'tokens' | 'edge'>

/** Making, listing and revoking tokens: for admins. */
export function tokenRoutes(server: FastifyInstance, { tokens, edge }: TokenParts, callers: Callers): void {
  server.post(
    '/v1/tokens',
    {
      bodyLimit: BODY_LIMIT,
      schema: { summary: 'Make a token', body: TokenRequest, response: { 201: TokenCreated, ...problems } },
    },
    (request, reply) => {
      const { scope } = callers.identifyAdmin(request)
      const wanted = readRequest(request.body)
      refuseMore(wanted.scope, scope)
      reply.code(201).header('cache-control', 'no-store').send(tokens.create(wanted))
    },
  )
  server.get(
    '/v1/tokens',
    { schema: { summary: 'List the tokens', response: { 200: Type.Array(TokenView), ...problems } } },
    (request, reply) => {
      const { scope } = callers.identifyAdmin(request)
      reply.send(tokens.list().filter((token) => widerThan(token.scope, scope).length === 0))
    },
  )
  server.delete<{ Params: Type.Static<typeof Params>; Querystring: Type.Static<typeof Query> }>(
    '/v1/tokens/:id',
    { schema: DELETE_SCHEMA },
    async (request, reply) => {
      const { scope } = callers.identifyAdmin(request)
      const { id } = request.params
      const { release } = request.query
      const token = tokens.list().find((known) => known.id === id)
      if (token) refuseMore(token.scope, scope)
      // What an earlier call has revoked may still have left claims.
      const isRevoked = !token && release === 'true' && edge.holdings(id).documents > 0
      if (!isRevoked) tokens.revoke(id)
      if (release === undefined) return reply.code(204).send()
      if (release === 'false')
        return reply.send({ id, released: false, ...edge.holdings(id), closing: [] } satisfies TokenRevoked)
      const released = await edge.releaseHoldings(id, scope)
      return reply
        .code(released.closing.length === 0 ? 200 : 202)
        .send({ id, released: true, ...released } satisfies TokenRevoked)
    },
  )
}

const DELETE_SCHEMA = {
  summary: 'Revoke a token',
  description:
    'Calls with it are refused from now on. What it claimed stays until its lease and its hold are over; with `release=true` it is released in one write, and the answer comes when its ports are closed. 202 names those that are open still, and why. It may also be asked for later, of a token that was revoked before. Where `release` is given, true or false, the answer is 200 and says how much the token has claimed; without it, 204.',
  params: Params,
  querystring: Query,
  response: { 200: TokenRevoked, 202: TokenRevoked, 204: Type.Null(), ...problems },
}

/** Nobody gives away, or takes away, more than they have. */
function refuseMore(scope: Scope, mine: Scope): void {
  const beyond = widerThan(scope, mine)
  if (beyond.length > 0) throw new RequestRefused('outside-scope', beyond.join('; '))
}

function readRequest(body: unknown): TokenRequest {
  const raw = readJson(body instanceof Uint8Array ? body : new Uint8Array())
  if (!tokenRequest.Check(raw)) {
    throw refused(
      tokenRequest.Errors(raw).map(({ instancePath, message }) => ({ path: instancePath, message })),
    )
  }
  const faults = scopeFaults(raw.scope).map(({ path, message }) => ({ path: `/scope${path}`, message }))
  if (faults.length > 0) throw refused(faults)
  return raw
}

function refused(faults: readonly Fault[]): RequestRefused {
  const detail = faults.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ')
  return new RequestRefused('document-invalid', detail, faults)
}
