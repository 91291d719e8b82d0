import {
  type AgentOptions,
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request,
} from 'node:http'
import { Agent as HttpsAgent, request as secureRequest } from 'node:https'
import type { Credentials } from './access.ts'
import { ApiFailed, asApiFailed } from './api-failed.ts'

/** Milliseconds that a connection may take. */
const CONNECT_MS = 10_000

/** Milliseconds until TCP looks whether the other end of an idle connection still stands; it gives up 10 s later. */
const KEEP_ALIVE_MS = 15_000

/** Calls at the same time; the others wait. Watches, and what may not wait, have connections of their own. */
const MAX_CALLS = 10

/** A watch holds its connection for minutes. */
export type Pool = 'calls' | 'watches' | 'urgent'

export interface Sending {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  readonly pool: Pool
}

/** The connections to one API server, kept from call to call. */
export class Connections {
  readonly #server: URL
  readonly #pools: Readonly<Record<Pool, HttpAgent>>

  constructor(server: URL) {
    this.#server = server
    const options: AgentOptions = { keepAlive: true, keepAliveMsecs: KEEP_ALIVE_MS }
    const Agent = server.protocol === 'https:' ? HttpsAgent : HttpAgent
    this.#pools = {
      calls: new Agent({ ...options, maxSockets: MAX_CALLS }),
      watches: new Agent(options),
      urgent: new Agent(options),
    }
  }

  /**
   * Sends a request; resolves with the answer's head. Redirects are not followed.
   * @throws ApiFailed when there is none.
   */
  async send({ tls, headers, agent }: Credentials, sending: Sending): Promise<IncomingMessage> {
    const { method, path, body, signal, pool } = sending
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
    const { hostname, port, protocol, pathname } = this.#server
    const start = protocol === 'https:' ? secureRequest : request
    const sent = start({
      ...tls,
      agent: agent ?? this.#pools[pool],
      protocol,
      // The URL writes an IPv6 address in brackets, which are no part of it.
      host: hostname.replace(/^\[|\]$/g, ''),
      port,
      method,
      path: `${pathname.replace(/\/$/, '')}${path}`,
      headers: {
        ...headers,
        ...sending.headers,
        ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }),
      },
      signal,
    })
    sent.on('response', resolve)
    sent.on('error', (error) => reject(asApiFailed(error)))
    limitConnecting(sent)
    sent.end(body)
    return await promise
  }

  /** Ends them all, with what runs on them. */
  close(): void {
    for (const pool of Object.values(this.#pools)) pool.destroy()
  }
}

function limitConnecting(sent: ClientRequest): void {
  sent.once('socket', (socket) => {
    socket.setKeepAlive(true, KEEP_ALIVE_MS)
    if (!socket.connecting) return
    const timer = setTimeout(() => {
      sent.destroy(ApiFailed.unreachable(`no connection within ${CONNECT_MS / 1000} s`))
    }, CONNECT_MS)
    const stop = () => clearTimeout(timer)
    const ready = 'encrypted' in socket ? 'secureConnect' : 'connect'
    socket.once(ready, stop)
    sent.once('close', stop)
  })
}
