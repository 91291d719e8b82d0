import { once } from 'node:events'
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { formatBearer } from '../wire/bearer.ts'
import type { Defer } from './cleanup.ts'
import { freePort } from './free-port.ts'
import { type SelfSigned, selfSigned } from './self-signed.ts'

/** A call as it arrived. */
export interface SeenCall {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** The caller's address. */
  readonly from: string
  /** Which connection it came on, from 1. */
  readonly connection: number
}

export interface FakeAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** JSON unless it is a text. */
  readonly body?: unknown
}

/** What to do with a call; `hang` never answers, `cut` closes the connection without an answer. */
export type Behaviour = (call: SeenCall) => FakeAnswer | 'hang' | 'cut' | Promise<FakeAnswer>

export interface FakeEdge {
  readonly url: string
  /** A well-formed token with this edge's fingerprint. */
  readonly token: string
  readonly identity: SelfSigned
  readonly calls: readonly SeenCall[]
  /** Connections ever made, and those that are open now. */
  readonly connections: number
  readonly openConnections: number
  behave(behaviour: Behaviour): void
  /** Refuses and cuts every connection, until `start`. */
  stop(): Promise<void>
  start(): Promise<void>
}

export interface FakeEdgeOptions {
  readonly scheme?: 'https' | 'http'
  readonly behaviour?: Behaviour
}

/** What it calls every document. */
export const FAKE_DIGEST = 'd'.repeat(43)

/** Every claim of the document is live, its one backend at the caller's address and well. */
export const allLive: Behaviour = ({ method, body, from }) => {
  if (method === 'DELETE') return { status: 204 }
  const { claims = [] }: { claims?: { owner: string; port: number; backends: { port: number }[] }[] } =
    JSON.parse(body || '{}')
  const answers = claims.map(({ owner, port, backends }, index) => ({
    ...{ index, owner, port, protocol: 'tcp', state: 'live' },
    backends: backends.map((backend) => ({ address: from, port: backend.port, health: 'up' })),
  }))
  return { status: 200, body: { digest: FAKE_DIGEST, claims: answers } }
}

/** A token's text with this fingerprint. */
export function fakeToken(fingerprint: string, id = 'test0001'): string {
  return formatBearer({ fingerprint, id, secret: 's'.repeat(43) })
}

/** An edge's API without an edge: it notes each call and answers as told. */
export async function fakeEdge(
  defer: Defer,
  { scheme = 'https', behaviour = allLive }: FakeEdgeOptions = {},
): Promise<FakeEdge> {
  const identity = await selfSigned()
  const port = await freePort()
  const calls: SeenCall[] = []
  const sockets = new Set<Socket>()
  let connections = 0
  let behave = behaviour

  const onRequest = async (request: IncomingMessage, response: ServerResponse) => {
    const connection = connections
    const body = await text(request)
    const { method = '', url: path = '', headers, socket } = request
    const call = { method, path, headers, body, from: socket.remoteAddress ?? '', connection }
    calls.push(call)
    const answer = await behave(call)
    if (answer === 'hang') return
    if (answer === 'cut') return void socket.destroy()
    const isText = typeof answer.body === 'string'
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
    response.end(isText ? answer.body : answer.body === undefined ? undefined : JSON.stringify(answer.body))
  }
  const listener = (request: IncomingMessage, response: ServerResponse) =>
    void onRequest(request, response).catch(() => request.socket.destroy())
  const server = scheme === 'http' ? createHttpServer(listener) : createHttpsServer(identity, listener)
  server.keepAliveTimeout = 60_000
  server.on(scheme === 'http' ? 'connection' : 'secureConnection', () => connections++)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
  })

  const start = async () => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  const stop = async () => {
    if (!server.listening) return
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
  await start()
  defer(stop)
  return {
    url: `${scheme}://127.0.0.1:${port}`,
    token: fakeToken(identity.fingerprint),
    identity,
    calls,
    get connections() {
      return connections
    },
    get openConnections() {
      return sockets.size
    },
    behave: (next) => {
      behave = next
    },
    stop,
    start,
  }
}
