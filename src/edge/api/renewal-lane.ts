import type { IncomingMessage, ServerResponse } from 'node:http'
import { LABEL, SUBDOMAIN } from '../../wire/names.ts'
import type { Answer, Call } from '../edge-service.ts'
import { SMALL_BODY } from './body-room.ts'
import { callerOf } from './caller.ts'
import type { Handler } from './http-server.ts'
import { digestOf } from './if-match.ts'
import type { ApiParts } from './parts.ts'

/**
 * The way in which phones write a document's path. Any other that means the same is the framework's to read. Groups have no names
 * here, which would cost a microsecond each time; the pattern of a name has a group of its own.
 */
const PATH = new RegExp(`^/v1/clusters/(${LABEL})/phones/(${SUBDOMAIN})$`)

const JSON_TYPE = 'application/json'

/**
 * Answers renewals that change nothing before the framework sees them, in the same words: nearly all calls are such, and the
 * framework takes a third of the time of one. Whatever else comes, a refusal first of all, is handed on to `next` as if nobody
 * had looked at it.
 */
export function renewalLane(
  { edge, tokens, trustedProxies }: Pick<ApiParts, 'edge' | 'tokens' | 'trustedProxies'>,
  next: Handler,
): Handler {
  const callOf = (request: IncomingMessage, [, cluster = '', , phone = '']: RegExpExecArray): Call => {
    const identity = tokens.authenticate(request.headers.authorization)
    return { identity, cluster, phone, caller: callerOf(request, trustedProxies) }
  }
  const byBody = (call: Call, length: number, request: IncomingMessage, response: ServerResponse) => {
    const look = () => {
      const body: Buffer | null = request.read(length)
      if (!body) return
      request.off('readable', look)
      const answer = attempt(() => edge.unchanged(call, body))
      if (answer) {
        sendAnswer(response, answer)
        return
      }
      request.unshift(body)
      next(request, response)
    }
    request.on('readable', look)
  }
  const byDigest = (call: Call, request: IncomingMessage, response: ServerResponse) => {
    const answer = attempt(() => edge.unchanged(call, digestOf(request.headers['if-match'])))
    if (answer) sendRenewal(response, answer)
    else next(request, response)
  }
  return (request, response) => {
    const path = request.method === 'PUT' && PATH.exec(request.url ?? '')
    const length = lengthOf(request)
    // Before the body is read: who has no token sends none.
    const call = path && length !== undefined ? attempt(() => callOf(request, path)) : undefined
    if (length === undefined || !call) next(request, response)
    else if (length === 0) byDigest(call, request, response)
    else byBody(call, length, request, response)
  }
}

/** Bytes of the body of what may be a renewal; undefined for what is none. */
function lengthOf({ headers }: IncomingMessage): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined
  const { 'content-length': length = '0', 'content-type': type } = headers
  if (length === '0') return type === undefined || type === JSON_TYPE ? 0 : undefined
  return type === JSON_TYPE && Number(length) <= SMALL_BODY ? Number(length) : undefined
}

/** What is refused here is refused again by the framework's handlers, which say why. */
function attempt<Result>(look: () => Result): Result | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}

function sendAnswer(response: ServerResponse, answer: Answer): void {
  const { status, body } = answer
  response.writeHead(status, [
    ...marksOf(answer),
    'content-type',
    'application/json; charset=utf-8',
    'content-length',
    String(Buffer.byteLength(body)),
  ])
  response.end(body)
}

function sendRenewal(response: ServerResponse, answer: Answer): void {
  response.writeHead(204, marksOf(answer)).end()
}

function marksOf({ digest, revision }: Answer): string[] {
  return ['etag', `"${digest}"`, 'homeport-revision', revision]
}
