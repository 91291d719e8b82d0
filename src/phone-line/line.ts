import { type AgentOptions, Agent as HttpAgent, type IncomingMessage, request } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { connect, isIP, type NetConnectOpts, type Socket } from 'node:net'
import { LineFailed, unreachable } from './line-failed.ts'
import { connectTrusted, type Trust, trustOptions } from './trust.ts'

/** Milliseconds that a connection may take, and the pause until TCP looks whether an idle one still stands. */
const CONNECT_MS = 10_000
const KEEP_ALIVE_MS = 10_000

/** Milliseconds that an idle connection is kept. Without a number here the pool ignores the edge's shorter one. */
const IDLE_MS = 86_400_000

export interface LineOptions {
  /** Where the edge is; `http:` is for the original call, and for a test. */
  readonly url: URL
  readonly trust: Trust
  /** A UNIX socket to go through, instead of the host and port of an `http:` URL. */
  readonly socketPath?: string
  /** The address of this machine to call from. */
  readonly sourceAddress?: string
}

export interface LineRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  /** Appended to the URL's own path: `/v1/routes`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** A way to one edge: a single connection that is kept, and proved before anything is sent on it. */
export class Line {
  readonly #options: LineOptions
  readonly #target: { readonly host: string; readonly port: number }
  #pool: HttpAgent
  #connection: Socket | undefined
  #busy = 0
  #onBreak = () => {}

  constructor(options: LineOptions) {
    const { hostname, port, protocol } = options.url
    this.#options = options
    this.#target = {
      // The URL writes an IPv6 address in brackets, which are no part of it.
      host: hostname.replace(/^\[|\]$/g, ''),
      port: Number(port || (protocol === 'https:' ? 443 : 80)),
    }
    this.#pool = this.#newPool()
  }

  /** Called when the edge (or the way to it) gives up the connection between two calls. */
  set onBreak(listener: () => void) {
    this.#onBreak = listener
  }

  /** The next call makes a new connection: from another address, say. */
  reset(): void {
    const old = this.#pool
    this.#connection = undefined
    this.#pool = this.#newPool()
    old.destroy()
  }

  close(): void {
    this.#connection = undefined
    this.#pool.destroy()
  }

  /**
   * Sends a request; resolves with the answer's head. Redirects are not followed.
   * @throws LineFailed
   */
  async send(request: LineRequest): Promise<IncomingMessage> {
    this.#busy++
    try {
      const first = await this.#attempt(request)
      const answer = first === 'stale' ? await this.#attempt(request) : first
      if (answer === 'stale') throw new LineFailed('edge-unreachable', 'the connection was closed')
      if (answer.headers.connection === 'close') this.#connection = undefined
      answer.once('close', () => this.#busy--)
      return answer
    } catch (error) {
      this.#busy--
      throw unreachable(error)
    }
  }

  /** `stale` where a kept connection proved to be closed. The calls are idempotent, so it may be sent again. */
  #attempt({ method, path, headers = {}, body, signal }: LineRequest): Promise<IncomingMessage | 'stale'> {
    const { url } = this.#options
    return new Promise((resolve, reject) => {
      const sent = request({
        agent: this.#pool,
        protocol: url.protocol,
        ...this.#target,
        method,
        path: `${url.pathname.replace(/\/$/, '')}${path}${url.search}` || '/',
        headers: { ...headers, ...(body !== undefined && { 'content-length': Buffer.byteLength(body) }) },
        ...(signal && { signal }),
      })
      sent.on('response', resolve)
      sent.on('error', (error) => {
        if (sent.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve('stale')
        else reject(error)
      })
      sent.end(body)
    })
  }

  #newPool(): HttpAgent {
    const { url, trust } = this.#options
    const options: AgentOptions = { keepAlive: true, maxSockets: 1, timeout: IDLE_MS }
    if (url.protocol === 'http:') {
      const pool = new HttpAgent(options)
      pool.createConnection = () => this.#watch(connect(this.#plainTarget()))
      return pool
    }
    const pool = new HttpsAgent(options)
    const { host, port } = this.#target
    const tls = {
      ...trustOptions(trust),
      ...this.#origin(),
      host,
      port,
      timeout: CONNECT_MS,
      ...(isIP(host) === 0 && { servername: host }),
    }
    pool.createConnection = (_options, done) => {
      connectTrusted(tls, trust, (error, socket) => done?.(error, error ? socket : this.#watch(socket)))
      return undefined
    }
    return pool
  }

  #plainTarget(): NetConnectOpts {
    const { socketPath } = this.#options
    return socketPath === undefined ? { ...this.#target, ...this.#origin() } : { path: socketPath }
  }

  #origin(): { localAddress?: string } {
    const { sourceAddress } = this.#options
    return sourceAddress === undefined ? {} : { localAddress: sourceAddress }
  }

  #watch<S extends Socket>(socket: S): S {
    this.#connection = socket
    socket.setTimeout(0).setKeepAlive(true, KEEP_ALIVE_MS)
    const isCurrent = () => this.#connection === socket
    // The pool lets an idle connection go a second before the edge would (Keep-Alive: timeout): that breaks nothing.
    socket.on('timeout', () => {
      if (isCurrent()) this.#connection = undefined
    })
    return socket.on('close', () => {
      if (!isCurrent()) return
      this.#connection = undefined
      if (this.#busy === 0) this.#onBreak()
    })
  }
}
