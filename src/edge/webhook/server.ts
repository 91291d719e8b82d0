import { hash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { portKey } from '../../core/route.ts'
import { type ReleaseAnswer, TTL_SECONDS } from '../../wire/document.ts'
import { callerOf, peerOf } from '../api/caller.ts'
import { buildServer } from '../api/http-server.ts'
import type { ApiParts } from '../api/parts.ts'
import { readJson } from '../json.ts'
import { RequestRefused } from '../request-refused.ts'
import { hookCall, hookDocument } from './hook-document.ts'
import { type HookRequest, readHookRequest } from './hook-request.ts'

export interface WebhookOptions {
  /** What callers must send as X-Funkypenguin-Token. */
  readonly token: string
  /** How long a claim holds after a call, ms; kept to what a document may have. */
  readonly lease: number
}

/** Bytes: six short strings. */
const BODY_LIMIT = 16 * 1024

const TOKEN_HEADER = 'x-funkypenguin-token'

/** `POST /hooks/update-haproxy`, the call of the original phone-home, on a server of its own, ready to listen. */
export function buildWebhook(parts: ApiParts, { token, lease }: WebhookOptions): FastifyInstance {
  const { edge, log, trustedProxies, onTurnedAway } = parts
  const server = buildServer({ log, bodyLimit: BODY_LIMIT })
  const rightHash = hashOf(token)
  const ttl = Math.min(Math.max(Math.ceil(lease / 1000), TTL_SECONDS.min), TTL_SECONDS.max)

  server.addHook('onRequest', (request, _reply, done) => {
    const peer = peerOf(request.raw.socket)
    const sent = request.headers[TOKEN_HEADER]
    if (typeof sent === 'string' && timingSafeEqual(hashOf(sent), rightHash)) return done()
    onTurnedAway(callerOf(request.raw, trustedProxies) ?? peer)
    const code = sent === undefined ? 'token-missing' : 'token-unknown'
    done(
      new RequestRefused(
        code,
        `the header X-Funkypenguin-Token is ${sent === undefined ? 'missing' : 'wrong'}`,
      ),
    )
  })

  server.post('/hooks/update-haproxy', async (request, reply) => {
    const caller = callerOf(request.raw, trustedProxies)
    const asked = read(request, caller)
    const call = hookCall(asked, caller)
    if (asked.action === 'delete') {
      const released = await releaseIfHeld(() => edge.release(call))
      const { closing } = released ?? edge.closing([portKey('tcp', asked.frontendPort)])
      if (closing.length > 0) return reply.code(202).send({ closing })
      return reply.send({ released: asked.frontendPort })
    }
    const body = Buffer.from(JSON.stringify(hookDocument(asked, ttl)))
    const answer = await edge.put(call, body)
    return reply.code(answer.status).type('application/json').send(answer.body)
  })
  return server
}

function read({ body }: FastifyRequest, caller: string | undefined): HookRequest {
  const asked = readHookRequest(readJson(body instanceof Uint8Array ? body : new Uint8Array()), caller)
  if ('action' in asked) return asked
  const detail = asked.map(({ path, message }) => `${path.slice(1)} ${message}`).join('; ')
  throw new RequestRefused('document-invalid', detail, asked)
}

/** Taking away what is not there is done already, though its port may be open still: then undefined. */
async function releaseIfHeld(release: () => Promise<ReleaseAnswer>): Promise<ReleaseAnswer | undefined> {
  try {
    return await release()
  } catch (error) {
    if (!(error instanceof RequestRefused) || error.code !== 'document-unknown') throw error
    return undefined
  }
}

/** Texts of any length become 32 bytes, so that comparing them tells nothing, not even the length. */
function hashOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
