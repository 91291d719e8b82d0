import type { FastifyInstance } from 'fastify'
import { RequestRefused } from '../request-refused.ts'

const METHODS = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE', 'OPTIONS'] as const

/**
 * Notes which methods each path takes, and on `finish`, once all routes are there, has the others answered: OPTIONS with
 * the list, the rest with `method-not-allowed`.
 */
export function answerOtherMethods(server: FastifyInstance): { finish(): void } {
  const taken = new Map<string, Set<string>>()
  server.addHook('onRoute', ({ url, method }) => {
    const methods = taken.get(url) ?? new Set()
    for (const each of [method].flat()) methods.add(each)
    taken.set(url, methods)
  })
  return {
    finish() {
      for (const [url, methods] of [...taken]) answerOthers(server, url, new Set(methods).add('OPTIONS'))
    },
  }
}

function answerOthers(server: FastifyInstance, url: string, takes: ReadonlySet<string>): void {
  const allow = [...takes].join(', ')
  server.route({
    method: 'OPTIONS',
    url,
    // Before a body is read: this one needs no token.
    onRequest: (_request, reply, _done) => {
      reply.header('allow', allow).code(204).send()
    },
    handler: (_request, reply) => reply.send(),
  })
  const others = METHODS.filter((method) => !takes.has(method))
  server.route({
    method: others,
    url,
    // Before the body is read, and whatever its type.
    onRequest: (request, reply, done) => {
      reply.header('allow', allow)
      done(new RequestRefused('method-not-allowed', `${request.method} is not one of ${allow}`))
    },
    handler: (_request, reply) => reply.send(),
  })
}
