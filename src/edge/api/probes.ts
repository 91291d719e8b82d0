import type { FastifyInstance } from 'fastify'
import Type from 'typebox'
import openapi from '../../wire/openapi.json' with { type: 'json' }
import type { ApiParts } from './parts.ts'
import type { Callers } from './routes.ts'

/** Prometheus' text format (its exposition formats, version 0.0.4). */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const Probe = Type.Object({ status: Type.String(), detail: Type.String() })

/** For monitors and tools. Only /metrics tells of anybody's claims, so only it asks for a token. */
export function probeRoutes(
  server: FastifyInstance,
  { edge, metrics, openMetrics }: ApiParts,
  callers: Callers,
): void {
  server.get(
    '/healthz',
    { schema: { summary: 'Whether the daemon answers', response: { 200: Probe } } },
    (_request, reply) => {
      reply.send({ status: 'ok', detail: 'the daemon answers' })
    },
  )
  server.get(
    '/readyz',
    {
      schema: {
        summary: 'Whether HAProxy serves what the daemon knows',
        response: { 200: Probe, 503: Probe },
      },
    },
    (_request, reply) => {
      const { ready, detail } = edge.ready()
      reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unready', detail })
    },
  )
  server.get(
    '/metrics',
    {
      schema: {
        summary: 'Metrics for Prometheus',
        produces: ['text/plain'],
        response: { 200: Type.String() },
      },
    },
    async (request, reply) => {
      if (!openMetrics) callers.identifyWholeAdmin(request)
      return reply.type(METRICS_TYPE).send(await metrics())
    },
  )
  server.get('/openapi.json', { schema: { summary: 'This description' } }, (_request, reply) => {
    reply.send(openapi)
  })
}
