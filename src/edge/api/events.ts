import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { Problem } from '../../wire/problem.ts'
import { EventView } from '../../wire/views.ts'
import type { EdgeService } from '../edge-service.ts'
import { RequestRefused } from '../request-refused.ts'
import type { Callers } from './routes.ts'

const MAX_FOLLOWERS = 100

/** A follower that reads so slowly that this many bytes wait for it is dropped; it may come back with its last id. */
const MAX_WAITING = 1024 * 1024

/** A line now and then keeps proxies and NATs from forgetting the connection, ms. */
const HEARTBEAT = 15_000

/** `GET /v1/events`: what happens, as server-sent events. `Last-Event-ID` gets what was missed, if it is still kept. */
export function eventRoutes(server: FastifyInstance, edge: EdgeService, callers: Callers): void {
  const followers = new Set<ServerResponse>()
  server.addHook('preClose', async () => {
    for (const response of followers) response.end()
  })
  server.get(
    '/v1/events',
    {
      exposeHeadRoute: false,
      schema: {
        summary: 'What happens, as server-sent events',
        produces: ['text/event-stream'],
        response: { 200: EventView, '4xx': Problem },
      },
    },
    (request, reply) => {
      callers.identifyWholeAdmin(request)
      const last = lastId(request.headers['last-event-id'])
      if (followers.size >= MAX_FOLLOWERS) {
        throw new RequestRefused('edge-full', `${MAX_FOLLOWERS} others follow the events already`)
      }
      reply.hijack()
      follow(edge, reply.raw, last, followers, () => callers.stillKnown(request))
    },
  )
}

function follow(
  edge: EdgeService,
  response: ServerResponse,
  last: number | undefined,
  followers: Set<ServerResponse>,
  stillKnown: () => boolean,
): void {
  followers.add(response)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  const write = (text: string) => {
    if (stillKnown()) response.write(text)
    else response.end()
    if (response.writableLength > MAX_WAITING) response.destroy()
  }
  write(': following\n\n')
  const stop = edge.events(last, (event) =>
    write(`id: ${event.id}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
  )
  const heartbeat = setInterval(() => write(':\n\n'), HEARTBEAT)
  response.on('close', () => {
    clearInterval(heartbeat)
    stop()
    followers.delete(response)
  })
}

function lastId(header: string | string[] | undefined): number | undefined {
  if (header === undefined) return undefined
  const id = Number(header)
  if (!Number.isSafeInteger(id) || id < 0) {
    throw new RequestRefused('request-invalid', 'Last-Event-ID is not the id of an event')
  }
  return id
}
