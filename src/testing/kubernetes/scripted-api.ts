import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Access } from '../../kubernetes/access.ts'
import type { Defer } from '../cleanup.ts'

export interface Asked {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Answers a request, or does not. */
export type Script = (asked: Asked, answer: ServerResponse, request: IncomingMessage) => void

/** A server on loopback that answers as a test says, where no real API server would. */
export interface ScriptedApi {
  readonly access: Access
  /** Every request so far. */
  readonly asked: readonly Asked[]
  /** Connections so far. */
  readonly connections: number
  /** How often the credentials were read anew. */
  readonly renewals: number
}

export async function scriptedApi(defer: Defer, script: Script): Promise<ScriptedApi> {
  const asked: Asked[] = []
  const count = { connections: 0, renewals: 0 }
  const server = createServer(async (request, answer) => {
    const { method = '', url = '', headers } = request
    const one = { method, path: url, headers, body: await text(request) }
    asked.push(one)
    script(one, answer, request)
  })
  server.on('connection', () => count.connections++)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  defer(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    access: {
      server: new URL(`http://127.0.0.1:${portOf(server.address())}`),
      credentials: async () => ({ headers: { authorization: `Bearer ${count.renewals}` }, tls: {} }),
      renew() {
        count.renewals++
      },
    },
    asked,
    get connections() {
      return count.connections
    },
    get renewals() {
      return count.renewals
    },
  }
}

/** Answers with JSON. */
export function sendJson(answer: ServerResponse, status: number, object: object, headers: object = {}): void {
  answer.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(object))
}

function portOf(address: AddressInfo | string | null): number {
  if (typeof address !== 'object' || address === null) throw new Error('the server has no port')
  return address.port
}
