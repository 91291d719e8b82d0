import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createHttpsServer, Server as HttpsServer } from 'node:https'
import type { Duplex } from 'node:stream'
import type { SecureContextOptions } from 'node:tls'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import type { Log } from '../../log.ts'
import type { Problem } from '../../wire/problem.ts'
import { RequestRefused } from '../request-refused.ts'
import { knownProblem, PROBLEM_TYPE, problemOf } from './problem.ts'

/**
 * Limits on time, ms. Connections are kept for longer than the pause between a phone's calls, so that the next one finds
 * its connection there. Node looks at requests that do not arrive every `connectionsCheckingInterval`.
 */
const LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 75_000,
  connectionsCheckingInterval: 5_000,
} as const

/** How long a client may take to finish its TLS handshake, ms. */
const HANDSHAKE_TIMEOUT = 10_000

/** After how long to call again where the edge has no room for a body, seconds: most are read in less. */
const BUSY_FOR = 1

/** How often a server that closes looks for connections that have become idle, ms. */
const SWEEP_EVERY = 50

/** Each TLS connection takes about 40 kB. */
const MAX_CONNECTIONS = 4096

export interface ServerOptions {
  readonly log: Log
  /** Bytes, where a route does not say another limit. */
  readonly bodyLimit: number
  readonly tls?: TlsCredentials
  /** What sees each request before the framework does, until the server is told to close; it hands on what it leaves alone. */
  readonly ahead?: (next: Handler) => Handler
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** In PEM. */
export interface TlsCredentials {
  readonly key: string
  readonly cert: string
}

/**
 * A server without routes, ready to get them: it limits what callers may send, hands JSON bodies on unread, and answers
 * every error with problem details.
 */
export function buildServer({ log, bodyLimit, tls, ahead }: ServerOptions): FastifyInstance {
  const closing = new AbortController()
  const server = Fastify({
    logger: false,
    bodyLimit,
    routerOptions: { maxParamLength: 300 },
    exposeHeadRoutes: true,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    serverFactory: (handler) =>
      createServer(ahead ? untilClosing(ahead, handler, closing.signal) : handler, tls),
    // Paths that cannot be decoded never come to a route.
    frameworkErrors: (error, request, reply) => answerError(error, request, reply, log),
  })
  refuseWhileClosing(server, closing)
  // Typebox checks parameters; bodies are read by the handlers.
  server.setValidatorCompiler(validatorOf)
  server.setSerializerCompiler(() => JSON.stringify)
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, body),
  )
  // What leads nowhere is not read.
  server.addHook('preParsing', (request, _reply, payload, done) => {
    if (request.is404) done(notFound(request))
    else done(null, payload)
  })
  server.setErrorHandler((error, request, reply) => answerError(error, request, reply, log))
  server.setNotFoundHandler((request, reply) => {
    answerError(notFound(request), request, reply, log)
  })
  return server
}

/** What still arrives over connections that are open, while the answers that are under way are waited for. */
function refuseWhileClosing(server: FastifyInstance, closing: AbortController): void {
  server.addHook('preClose', (done) => {
    closing.abort()
    // Connections that are at work now go once they are idle, not when their clients leave.
    const sweeping = setInterval(() => server.server.closeIdleConnections(), SWEEP_EVERY).unref()
    server.server.once('close', () => clearInterval(sweeping))
    done()
  })
  server.addHook('onRequest', (_request, _reply, done) => {
    done(
      closing.signal.aborted ? new RequestRefused('edge-stopping', 'the daemon was told to stop') : undefined,
    )
  })
}

function notFound({ method, url }: FastifyRequest): RequestRefused {
  const path = url.split('?')[0]?.slice(0, 200)
  return new RequestRefused('not-found', `${method} ${path} is not there`)
}

function untilClosing(ahead: (next: Handler) => Handler, handler: Handler, closing: AbortSignal): Handler {
  const first = ahead(handler)
  return (request, response) => (closing.aborted ? handler : first)(request, response)
}

function createServer(handler: Handler, tls: ServerOptions['tls']): Server {
  const server = tls
    ? createHttpsServer({ ...LIMITS, ...contextOf(tls), handshakeTimeout: HANDSHAKE_TIMEOUT }, handler)
    : createHttpServer(LIMITS, handler)
  server.maxConnections = MAX_CONNECTIONS
  server.on('clientError', answerBrokenRequest)
  return server
}

/** What a TLS server proves itself with, and how. */
function contextOf({ key, cert }: TlsCredentials): SecureContextOptions {
  return { key, cert, minVersion: 'TLSv1.2' }
}

/** Gives a server of HTTPS another certificate, for the connections to come. */
export function renewCertificate({ server }: FastifyInstance, tls: TlsCredentials): void {
  if (server instanceof HttpsServer) server.setSecureContext(contextOf(tls))
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

function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply, log: Log): void {
  const problem = knownProblem(error)
  if (problem) {
    sendProblem(reply, problem)
    return
  }
  const stack = error instanceof Error ? error.stack : String(error)
  log.error({ request: request.id, stack }, 'a fault in the edge')
  sendProblem(reply, problemOf('internal', `see the log of the edge, request ${request.id}`))
}

function sendProblem(reply: FastifyReply, problem: Problem): void {
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer')
  if (problem.code === 'edge-busy') reply.header('retry-after', BUSY_FOR)
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
