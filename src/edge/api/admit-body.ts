import { pipeline, Transform } from 'node:stream'
import type { FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { type BodyPlace, type BodyRoom, SMALL_BODY } from './body-room.ts'

/** Lets bodies in, as far as there is room, and knows their places. */
export interface BodyAdmission {
  /** Before the body is read, once its caller is known. */
  readonly admit: preParsingHookHandler
  /** Undefined for a small one. */
  placeOf(request: FastifyRequest): BodyPlace | undefined
}

/**
 * @param largest bytes of a body that is read at all
 * @param tokenOf whose body it is
 */
export function bodyAdmission(
  room: BodyRoom,
  largest: number,
  tokenOf: (request: FastifyRequest) => string,
): BodyAdmission {
  const places = new WeakMap<FastifyRequest, BodyPlace>()
  const enter = (request: FastifyRequest, reply: FastifyReply, bytes: number) => {
    const place = room.enter(tokenOf(request), bytes)
    places.set(request, place)
    reply.raw.once('close', () => place.hangUp())
  }
  return {
    admit: (request, reply, payload, done) => {
      const length = Number(request.headers['content-length'] ?? 0)
      // What is too large is refused by its length, unread.
      if (SMALL_BODY < length && length <= largest) enter(request, reply, length)
      if (request.headers['transfer-encoding'] === undefined) return done(null, payload)
      const counted = new Transform({ transform: enterOnceLarge(() => enter(request, reply, largest)) })
      // Whoever reads the counted body hears of what went wrong.
      pipeline(payload, counted, () => {})
      done(null, counted)
    },
    placeOf: (request) => places.get(request),
  }
}

/** A body that does not say how large it is needs no place while it is small, and then the largest there is. */
function enterOnceLarge(enter: () => void) {
  let bytes = 0
  return (chunk: Buffer, _encoding: string, next: (error: Error | null, chunk?: Buffer) => void) => {
    const wasSmall = bytes <= SMALL_BODY
    bytes += chunk.length
    try {
      if (wasSmall && bytes > SMALL_BODY) enter()
      next(null, chunk)
    } catch (error) {
      next(error instanceof Error ? error : new Error(String(error)))
    }
  }
}
