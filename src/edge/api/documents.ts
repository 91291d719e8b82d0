import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import Type from 'typebox'
import {
  DocumentAnswer,
  DocumentRequest,
  HeldDocument,
  MAX_DOCUMENT_BYTES,
  ReleaseAnswer,
} from '../../wire/document.ts'
import { ClusterName, PhoneName } from '../../wire/names.ts'
import { Problem } from '../../wire/problem.ts'
import type { Answer, Call } from '../edge-service.ts'
import { bodyAdmission } from './admit-body.ts'
import { digestOf } from './if-match.ts'
import type { ApiParts } from './parts.ts'
import type { Callers } from './routes.ts'

const Params = Type.Object({ cluster: ClusterName, phone: PhoneName })

interface Route {
  Params: Type.Static<typeof Params>
}

/** What Node reads of JSON it reads in one go, 8 MB in 50 ms. */
const BODY_LIMIT = MAX_DOCUMENT_BYTES

const PATH = '/v1/clusters/:cluster/phones/:phone'

/** The call: a phone's document, put, renewed, read and released. */
export function documentRoutes(
  server: FastifyInstance,
  { edge, bodies }: Pick<ApiParts, 'edge' | 'bodies'>,
  callers: Callers,
): void {
  const callOf = (request: FastifyRequest<Route>): Call => ({
    identity: callers.identify(request),
    cluster: request.params.cluster,
    phone: request.params.phone,
    caller: callers.address(request),
  })

  const { admit, placeOf } = bodyAdmission(bodies, BODY_LIMIT, (request) => callers.identify(request).id)
  const reading = { bodyLimit: BODY_LIMIT, preParsing: admit }
  server.put<Route>(PATH, { schema: PUT_SCHEMA, ...reading }, (request, reply) => {
    const call = callOf(request)
    const body = request.body instanceof Uint8Array && request.body.length > 0 ? request.body : undefined
    if (!body) {
      return sendRenewal(reply, edge.renew(call, digestOf(request.headers['if-match'])))
    }
    const place = placeOf(request)
    const answer = edge.put(call, body)
    if (!(answer instanceof Promise)) {
      place?.leave()
      return sendAnswer(reply, answer)
    }
    place?.work()
    answer
      .finally(() => place?.leave())
      .then(
        (made) => sendAnswer(reply, made),
        (error) => reply.send(error),
      )
  })

  server.get<Route>(PATH, { schema: GET_SCHEMA }, async (request, reply) => {
    const answer = await edge.read(callOf(request))
    return reply.header('etag', `"${answer.digest}"`).type('application/json').send(JSON.stringify(answer))
  })

  server.get<Route>(`${PATH}/document`, { schema: GET_DOCUMENT_SCHEMA }, (request, reply) => {
    const held = edge.held(callOf(request))
    reply.header('etag', `"${held.digest}"`).type('application/json').send(JSON.stringify(held))
  })

  server.delete<Route>(PATH, { schema: DELETE_SCHEMA }, async (request, reply) => {
    const header = request.headers['if-match']
    const released = await edge.release(callOf(request), header === undefined ? undefined : digestOf(header))
    return released.closing.length === 0 ? reply.code(204).send() : reply.code(202).send(released)
  })
}

function sendAnswer(reply: FastifyReply, answer: Answer): void {
  mark(reply, answer).code(answer.status).type('application/json').send(answer.body)
}

function sendRenewal(reply: FastifyReply, renewal: Answer | Promise<Answer>): void {
  if (!(renewal instanceof Promise)) {
    mark(reply, renewal).code(204).send()
    return
  }
  renewal.then(
    (answer) => sendRenewal(reply, answer),
    (error) => reply.send(error),
  )
}

function mark(reply: FastifyReply, { digest, revision }: Answer): FastifyReply {
  return reply.header('etag', `"${digest}"`).header('homeport-revision', revision)
}

const problems = { '4xx': Problem, '5xx': Problem }

const PUT_SCHEMA = {
  summary: 'Put a document, or renew it',
  description:
    'The whole of what this phone claims. The same document again is a renewal; so is `If-Match: "<digest>"` without a body. 207 when some claims are live and some refused; the first refusal\'s own status when none is live.',
  params: Params,
  headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
  body: DocumentRequest,
  response: { 200: DocumentAnswer, 204: Type.Null(), 207: DocumentAnswer, ...problems },
}

const GET_SCHEMA = {
  summary: 'Read what became of a document',
  params: Params,
  response: { 200: DocumentAnswer, ...problems },
}

const GET_DOCUMENT_SCHEMA = {
  summary: 'Read the claims of a document',
  description:
    'As the edge holds them, in a form in which they can be put again: for a phone that has lost what it claimed. Those that were refused for what they say are not held.',
  params: Params,
  response: { 200: HeldDocument, ...problems },
}

const DELETE_SCHEMA = {
  summary: 'Release every claim of a document',
  description:
    'With `If-Match: "<digest>"` only that document, and not one that another phone has put in its place. 204 when its ports are closed; 202 names those that are open still, and why: they close as soon as they can.',
  params: Params,
  headers: Type.Object({ 'if-match': Type.Optional(Type.String()) }),
  response: { 202: ReleaseAnswer, 204: Type.Null(), ...problems },
}
