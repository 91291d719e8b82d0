import type { IncomingMessage } from 'node:http'
import type { Access } from './access.ts'
import { MAX_BYTES, parseAnswer, readTime, succeeded } from './answer.ts'
import { ApiFailed, asApiFailed } from './api-failed.ts'
import { type Clock, systemClock } from './clock.ts'
import { Connections, type Pool } from './connections.ts'
import { readBody } from './read-body.ts'
import { ATTEMPTS, retryPause } from './retry.ts'
import { NEVER, withinTime } from './within-time.ts'

export interface ApiServerOptions {
  readonly access: Access
  /** Who the API server's log says was calling: `homeport/0.1.0 (controller)`. */
  readonly userAgent: string
  readonly clock?: Clock
  /** From 0 to 1. */
  readonly random?: () => number
}

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `/api/v1/namespaces/a/services/b`; its parts are escaped already, where they need it. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  /** Sent as JSON. */
  readonly body?: object
  /** The body's type; application/json unless told. */
  readonly contentType?: string
  readonly signal?: AbortSignal
  /** Milliseconds for one attempt; 30 s unless told. */
  readonly timeout?: number
  /** Whether it does no harm to do it twice: true unless told, except for POST. */
  readonly repeatable?: boolean
  /** How often it is tried where trying again may help; 5 unless told. */
  readonly attempts?: number
  /** Whether it may not wait behind other calls that take their time; false unless told. */
  readonly isUrgent?: boolean
}

export interface ApiAnswer {
  /** The answer's JSON. */
  readonly object: unknown
  /** The API server's wall clock when it answered, ms since the epoch, whole seconds; NaN where it does not say. */
  readonly time: number
}

/** The way to one API server. */
export class ApiServer {
  readonly #access: Access
  readonly #userAgent: string
  readonly #clock: Clock
  readonly #random: () => number
  readonly #connections: Connections

  constructor({ access, userAgent, clock = systemClock, random = Math.random }: ApiServerOptions) {
    this.#access = access
    this.#userAgent = userAgent
    this.#clock = clock
    this.#random = random
    this.#connections = new Connections(access.server)
  }

  /** The namespace that its configuration names; in a pod, the pod's. */
  get namespace(): string | undefined {
    return this.#access.namespace
  }

  /**
   * Makes a call, again where that may help, and gives the answer's JSON.
   * @throws ApiFailed
   */
  async request(request: ApiRequest): Promise<unknown> {
    return (await this.call(request)).object
  }

  /** The same, with what else the answer says. */
  async call(request: ApiRequest): Promise<ApiAnswer> {
    return await this.#persist(request, () =>
      withinTime(request, async (signal) => {
        const answer = await this.#send(request, signal, request.isUrgent ? 'urgent' : 'calls')
        return { object: parseAnswer(await readBody(answer, MAX_BYTES)), time: readTime(answer) }
      }),
    )
  }

  /**
   * Opens a watch: an answer that goes on for minutes, to be read as it comes. `timeout` bounds the time until it begins.
   * @throws ApiFailed when it does not begin.
   */
  async open(request: ApiRequest & { readonly signal: AbortSignal }): Promise<IncomingMessage> {
    return await this.#persist(request, async () => {
      const cut = new AbortController()
      const answer = await withinTime(request, async (signal) => {
        signal.addEventListener('abort', () => cut.abort(), { once: true })
        return await this.#send(request, cut.signal, 'watches')
      })
      const onAbort = () => answer.destroy(ApiFailed.stopped())
      request.signal.addEventListener('abort', onAbort)
      // Whoever reads it hears of errors; before anybody does, they must not end the process.
      answer.on('error', () => {})
      answer.once('close', () => request.signal.removeEventListener('abort', onAbort))
      if (request.signal.aborted) onAbort()
      return answer
    })
  }

  /** Ends every connection, with what runs on them. */
  close(): void {
    this.#connections.close()
  }

  async #persist<Result>(request: ApiRequest, attempt: () => Promise<Result>): Promise<Result> {
    const { method, repeatable = method !== 'POST', attempts = ATTEMPTS, signal = NEVER } = request
    for (let count = 1; ; count++) {
      try {
        return await attempt()
      } catch (error) {
        if (signal.aborted) throw ApiFailed.stopped()
        const failure = asApiFailed(error)
        const pause = count < attempts ? retryPause(failure, repeatable, count, this.#random()) : undefined
        if (pause === undefined) throw failure
        await this.#clock.sleep(pause, signal)
        if (signal.aborted) throw ApiFailed.stopped()
      }
    }
  }

  /** One attempt, and another one with credentials that are read anew where the first are refused. */
  async #send(request: ApiRequest, signal: AbortSignal, pool: Pool): Promise<IncomingMessage> {
    const first = await this.#sendOnce(request, signal, pool)
    if (first.statusCode !== 401) return await succeeded(first)
    first.resume()
    this.#access.renew()
    return await succeeded(await this.#sendOnce(request, signal, pool))
  }

  async #sendOnce(request: ApiRequest, signal: AbortSignal, pool: Pool): Promise<IncomingMessage> {
    const { method, path, query = {}, body, contentType = 'application/json' } = request
    const credentials = await this.#access.credentials()
    return await this.#connections.send(credentials, {
      method,
      path: `${path}${queryText(query)}`,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(body !== undefined && { 'content-type': contentType }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
      pool,
    })
  }
}

function queryText(query: NonNullable<ApiRequest['query']>): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? '' : `?${new URLSearchParams(pairs)}`
}
