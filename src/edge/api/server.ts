import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Identity } from '../edge-service.ts'
import { RequestRefused } from '../request-refused.ts'
import { SMALL_BODY } from './body-room.ts'
import { callerOf, LOCAL, peerOf } from './caller.ts'
import { buildServer, type ServerOptions } from './http-server.ts'
import { answerOtherMethods } from './other-methods.ts'
import type { ApiParts } from './parts.ts'
import { renewalLane } from './renewal-lane.ts'
import { apiRoutes, type Callers } from './routes.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** Who calls; undefined until it was asked for. */
    identity: Identity | undefined
  }
}

export interface ApiOptions extends Pick<ServerOptions, 'tls'> {
  /** Whose calls these are, whatever token they bring: the operator's, on the UNIX socket. */
  readonly everybodyIs?: Identity
}

/** The edge's API on a server of its own, ready to listen. */
export function buildApi(parts: ApiParts, { everybodyIs, tls }: ApiOptions = {}): FastifyInstance {
  const server = buildServer({
    log: parts.log,
    bodyLimit: SMALL_BODY,
    ...(tls && { tls }),
    // The operator at the socket brings no token.
    ...(!everybodyIs && { ahead: (next) => renewalLane(parts, next) }),
  })
  const callers = callersOf(parts, everybodyIs)
  server.decorateRequest('identity')
  // Before the body is read: who has no token sends no 8 MB. A path may be written in many ways, its route in one.
  server.addHook('onRequest', (request, _reply, done) => {
    if (!everybodyIs) peerOf(request.raw.socket)
    if ((request.routeOptions.url ?? request.url).startsWith('/v1/')) callers.identify(request)
    done()
  })
  const routes = answerOtherMethods(server)
  apiRoutes(server, parts, callers)
  routes.finish()
  return server
}

function callersOf(parts: ApiParts, everybodyIs: Identity | undefined): Callers {
  const address = (request: FastifyRequest) =>
    everybodyIs ? LOCAL : callerOf(request.raw, parts.trustedProxies)
  const authenticate = (request: FastifyRequest): Identity => {
    try {
      return parts.tokens.authenticate(request.raw.headers.authorization)
    } catch (error) {
      parts.onTurnedAway(address(request) ?? peerOf(request.raw.socket))
      throw error
    }
  }
  const identify = (request: FastifyRequest): Identity => {
    request.identity ??= everybodyIs ?? authenticate(request)
    return request.identity
  }
  const stillKnown = (request: FastifyRequest): boolean => {
    try {
      return everybodyIs !== undefined || authenticate(request).scope.role === 'admin'
    } catch {
      return false
    }
  }
  const identifyAdmin = (request: FastifyRequest): Identity => {
    const identity = identify(request)
    if (identity.scope.role === 'admin') return identity
    throw new RequestRefused('outside-scope', 'this is for tokens with the role admin')
  }
  const identifyWholeAdmin = (request: FastifyRequest): Identity => {
    const identity = identifyAdmin(request)
    if (identity.scope.clusters === undefined) return identity
    throw new RequestRefused('outside-scope', 'this is for admins of all clusters')
  }
  return { identify, identifyAdmin, identifyWholeAdmin, stillKnown, address }
}
