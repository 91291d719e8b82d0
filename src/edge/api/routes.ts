// Schemas of routes have summaries, for the OpenAPI file that is made from them.
import type {} from '@fastify/swagger'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Identity } from '../edge-service.ts'
import { documentRoutes } from './documents.ts'
import { eventRoutes } from './events.ts'
import type { ApiParts } from './parts.ts'
import { probeRoutes } from './probes.ts'
import { tokenRoutes } from './token-routes.ts'
import { viewRoutes } from './view-routes.ts'

/** How a handler learns who calls and from where. */
export interface Callers {
  identify(request: FastifyRequest): Identity
  /** The same, but only an admin passes. */
  identifyAdmin(request: FastifyRequest): Identity
  /** Only an admin of everything: for what cannot be told cluster by cluster. */
  identifyWholeAdmin(request: FastifyRequest): Identity
  /** Whether that admin would pass now: tokens are revoked and expire while a stream goes on. */
  stillKnown(request: FastifyRequest): boolean
  /** Undefined where a trusted proxy does not say. */
  address(request: FastifyRequest): string | undefined
}

/** Everything that the API answers. */
export function apiRoutes(server: FastifyInstance, parts: ApiParts, callers: Callers): void {
  documentRoutes(server, parts, callers)
  viewRoutes(server, parts.edge, callers)
  eventRoutes(server, parts.edge, callers)
  tokenRoutes(server, parts, callers)
  probeRoutes(server, parts, callers)
}
