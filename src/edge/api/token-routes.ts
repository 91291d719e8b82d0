import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Compile } from 'typebox/compile'
import { scopeFaults, widerThan } from '../../core/scope.ts'
import { Problem } from '../../wire/problem.ts'
import { type Scope, TokenCreated, TokenRequest, TokenView } from '../../wire/token.ts'
import { readJson } from '../json.ts'
import { type Fault, RequestRefused } from '../request-refused.ts'
import type { TokenDesk } from './parts.ts'
import type { Callers } from './routes.ts'

const tokenRequest = Compile(TokenRequest)
const Params = Type.Object({ id: Type.String({ pattern: '^[a-z0-9]{8,32}$' }) })
const problems = { '4xx': Problem, '5xx': Problem }

/** Making, listing and revoking tokens: for admins. */
export function tokenRoutes(server: FastifyInstance, tokens: TokenDesk, callers: Callers): void {
  server.post(
    '/v1/tokens',
    { schema: { summary: 'Make a token', body: TokenRequest, response: { 201: TokenCreated, ...problems } } },
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
  server.delete<{ Params: Type.Static<typeof Params> }>(
    '/v1/tokens/:id',
    { schema: { summary: 'Revoke a token', params: Params, response: { 204: Type.Null(), ...problems } } },
    (request, reply) => {
      const { scope } = callers.identifyAdmin(request)
      const token = tokens.list().find(({ id }) => id === request.params.id)
      if (token) refuseMore(token.scope, scope)
      tokens.revoke(request.params.id)
      reply.code(204).send()
    },
  )
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
