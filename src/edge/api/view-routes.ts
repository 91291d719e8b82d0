import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import { Problem } from '../../wire/problem.ts'
import { ClaimView, RouteView, StatusView } from '../../wire/views.ts'
import type { EdgeService } from '../edge-service.ts'
import type { Callers } from './routes.ts'

const problems = { '4xx': Problem, '5xx': Problem }

/** What is served, what is claimed, and how the edge is. */
export function viewRoutes(server: FastifyInstance, edge: EdgeService, callers: Callers): void {
  server.get(
    '/v1/routes',
    {
      schema: {
        summary: 'Frontend ports as they are served',
        response: { 200: Type.Array(RouteView), ...problems },
      },
    },
    (request, reply) => {
      reply.send(edge.routes(callers.identify(request).scope))
    },
  )
  server.get(
    '/v1/claims',
    {
      schema: {
        summary: 'Claims, and what became of them',
        response: { 200: Type.Array(ClaimView), ...problems },
      },
    },
    (request, reply) => {
      reply.send(edge.claims(callers.identify(request).scope))
    },
  )
  server.get(
    '/v1/status',
    { schema: { summary: 'How the edge is', response: { 200: StatusView, ...problems } } },
    async (request) => {
      const { scope } = callers.identifyAdmin(request)
      return edge.status(scope)
    },
  )
}
