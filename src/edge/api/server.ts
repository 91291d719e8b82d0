import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Problem } from '../../wire/problem.ts'
import type { Identity } from '../edge-service.ts'
import { RequestRefused } from '../request-refused.ts'
import { callerOf } from './caller.ts'
import type { ApiParts } from './parts.ts'
import { knownProblem, PROBLEM_TYPE, problemOf } from './problem.ts'
import { apiRoutes, type Callers } from './routes.ts'

/** Bodies: ten thousand claims take about 2 MB. */
const BODY_LIMIT = 16 * 1024 * 1024

/** How long a request may take to arrive, headers and body, ms. */
const REQUEST_TIMEOUT = 30_000

/** Longer than the pause between a phone's calls, so that its connection is there for the next one, ms. */
const KEEP_ALIVE_TIMEOUT = 75_000

/** Each TLS connection takes about 40 kB. */
const MAX_CONNECTIONS = 4096

export interface ApiOptions {
  readonly tls?: { readonly key: string; readonly cert: string }
  /** Whose calls these are, whatever token they bring: the operator's, on the UNIX socket. */
  readonly everybodyIs?: Identity
}

/** The edge's API on a server of its own, ready to listen. */
export function buildApi(parts: ApiParts, options: ApiOptions = {}): FastifyInstance {
  const server = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 300 },
    exposeHeadRoutes: false,
    forceCloseConnections: 'idle',
    serverFactory: (handler) => createServer(handler, options.tls),
  })
  // Typebox checks parameters; bodies are read by the handlers.
  server.setValidatorCompiler(validatorOf)
  server.setSerializerCompiler(() => JSON.stringify)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply, parts))
  server.setNotFoundHandler((request, reply) => {
    send(
      reply,
      problemOf('not-found', `${request.method} ${request.url.split('?')[0]?.slice(0, 200)} is not there`),
    )
  })
  apiRoutes(server, parts, callersOf(parts, options))
  return server
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void

function createServer(handler: Handler, tls: ApiOptions['tls']): Server {
  const limits = { requestTimeout: REQUEST_TIMEOUT, keepAliveTimeout: KEEP_ALIVE_TIMEOUT }
  const server = tls
    ? createHttpsServer({ ...limits, ...tls, minVersion: 'TLSv1.2' }, handler)
    : createHttpServer(limits, handler)
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', answerBrokenRequest)
  return server
}

function callersOf(parts: ApiParts, { everybodyIs }: ApiOptions): Callers {
  const address = (request: FastifyRequest) => callerOf(request.raw, parts.trustedProxies)
  const identify = (request: FastifyRequest): Identity => {
    if (everybodyIs) return everybodyIs
    try {
      return parts.tokens.authenticate(request.raw.headers.authorization)
    } catch (error) {
      parts.onTurnedAway(address(request))
      throw error
    }
  }
  const identifyAdmin = (request: FastifyRequest): Identity => {
    const identity = identify(request)
    if (identity.scope.role === 'admin') return identity
    throw new RequestRefused('outside-scope', 'this is for tokens with the role admin')
  }
  return { identify, identifyAdmin, address }
}

/** Bodies are not checked here: the registrar reads them claim by claim. */
function validatorOf({ schema, httpPart }: { schema: unknown; httpPart?: string }) {
  if (httpPart === 'body' || !isSchema(schema)) return () => true
  const compiled = Compile(schema)
  return (data: unknown) => {
    if (compiled.Check(data)) return { value: data }
    const faults = compiled.Errors(data).map(({ instancePath, message }) => `${instancePath}: ${message}`)
    return { error: new RequestRefused('request-invalid', faults.join('; ')) }
  }
}

function isSchema(schema: unknown): schema is TSchema {
  return typeof schema === 'object' && schema !== null
}

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, { log }: ApiParts): void {
  const problem = knownProblem(error)
  if (problem) {
    send(reply, problem)
    return
  }
  const stack = error instanceof Error ? error.stack : String(error)
  log.error({ request: request.id, stack }, 'a fault in the edge')
  send(reply, problemOf('internal', `see the log of the edge, request ${request.id}`))
}

function send(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  reply.code(problem.status).type(PROBLEM_TYPE).send(JSON.stringify(problem))
}

/** What could not be read as HTTP, or did not arrive in time: there is no reply object, only the connection. */
function answerBrokenRequest(error: Error, socket: Duplex): void {
  if (!socket.writable || ('code' in error && error.code === 'ECONNRESET')) {
    socket.destroy()
    return
  }
  const problem = knownProblem(error) ?? problemOf('request-invalid', 'this is no HTTP request')
  const body = JSON.stringify(problem)
  const head = [
    `HTTP/1.1 ${problem.status} ${problem.code}`,
    'connection: close',
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`)
}
