import { type ExchangeLimits, exchange, type Reply } from '../phone-line/exchange.ts'
import { Line } from '../phone-line/line.ts'
import type { RefusalReport } from '../phone-line/refusal.ts'
import type { Trust } from '../phone-line/trust.ts'
import { parseBearer } from '../wire/bearer.ts'
import type { ClaimAnswer } from '../wire/document.ts'
import { readAnswer, readFailure, readWhole } from './edge-answer.ts'
import type { Wanted } from './wanted.ts'

/** A document of 20,000 claims takes the edge some seconds, and a reload on top; its answer is some 5 MB. */
const LIMITS: ExchangeLimits = { timeout: 60_000, maxBytes: 67_108_864 }

export interface DocumentLineOptions {
  readonly url: URL
  readonly cluster: string
  /** How long the claims hold without another call, s. */
  readonly ttl: number
  /** The token as it is now. */
  readonly token: () => string
  /** PEM of the authorities that vouch for the edge; without it, the token's fingerprint does. */
  readonly authorities?: string
  /** What tells this cluster from another one of the same name. */
  readonly clusterUid?: string
}

/** What the edge holds, with the mark of its last answer. */
export interface Taken {
  readonly wanted: Wanted
  readonly digest: string
  readonly revision: string
  readonly answers: readonly ClaimAnswer[]
}

export interface Failed {
  readonly refusal: RefusalReport
  /** Seconds that the edge, or what stands before it, asked for. */
  readonly retryAfter?: number
}

/** The call, to one edge: puts the document, renews it, reads what became of it. */
export class DocumentLine {
  readonly #options: DocumentLineOptions
  #way: { readonly token: string; readonly path: string; readonly line: Line } | undefined

  constructor(options: DocumentLineOptions) {
    this.#options = options
  }

  async put(wanted: Wanted, signal: AbortSignal): Promise<Taken | Failed> {
    const { ttl, clusterUid } = this.#options
    const { fence, sequence, claims } = wanted
    const document = { ttl, fence, sequence, ...(clusterUid !== undefined && { clusterUid }), claims }
    const reply = await this.#send('PUT', signal, {}, JSON.stringify(document))
    return 'refusal' in reply ? reply : this.#taken(wanted, reply)
  }

  /** The same document again, by its digest. `stale` where the edge wants it whole. */
  async renew(taken: Taken, signal: AbortSignal): Promise<Taken | Failed | 'stale'> {
    const reply = await this.#send('PUT', signal, { 'if-match': `"${taken.digest}"` })
    if ('refusal' in reply) return reply
    if (reply.status === 412 || reply.status === 404) return 'stale'
    if (reply.status !== 204) return failed(reply)
    return reply.revision === taken.revision ? taken : await this.#read(taken, reply.revision, signal)
  }

  close(): void {
    this.#way?.line.close()
  }

  /** The answer behind a revision: should it have changed once more meanwhile, the next renewal tells. */
  async #read(
    { wanted, digest }: Taken,
    revision: string | undefined,
    signal: AbortSignal,
  ): Promise<Taken | Failed | 'stale'> {
    const reply = await this.#send('GET', signal)
    if ('refusal' in reply) return reply
    const taken = this.#taken(wanted, { ...reply, ...(revision !== undefined && { revision }) })
    return 'refusal' in taken || taken.digest === digest ? taken : 'stale'
  }

  #taken(wanted: Wanted, reply: Reply): Taken | Failed {
    const answer = readAnswer(reply)
    // One answer for each claim, or it is not the answer to our document.
    if (answer?.claims.length !== wanted.claims.length) return failed(reply)
    return { wanted, digest: answer.digest, revision: reply.revision ?? '', answers: answer.claims }
  }

  async #send(
    method: 'GET' | 'PUT',
    signal: AbortSignal,
    more: Readonly<Record<string, string>> = {},
    body?: string,
  ): Promise<Reply | Failed> {
    try {
      const { line, path, token } = this.#open()
      const headers = {
        authorization: `Bearer ${token}`,
        'user-agent': 'homeport-controller',
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...more,
      }
      return await exchange(
        line,
        { method, path, headers, signal, ...(body !== undefined && { body }) },
        LIMITS,
      )
    } catch (error) {
      return { refusal: readFailure(error) }
    }
  }

  /** Another token is another identity, with a document of its own, and may name another key. */
  #open() {
    const { token: read, url, cluster, authorities } = this.#options
    const token = read()
    if (this.#way?.token === token) return this.#way
    const bearer = parseBearer(token)
    if (!bearer) throw new Error('the token is none: it has the form hp1.<fingerprint>.<id>.<secret>')
    const trust: Trust =
      authorities === undefined
        ? { kind: 'fingerprint', fingerprint: bearer.fingerprint }
        : { kind: 'authority', pem: authorities }
    this.#way?.line.close()
    const path = `/v1/clusters/${cluster}/phones/controller.${bearer.id}`
    this.#way = { token, path, line: new Line({ url, trust }) }
    return this.#way
  }
}

function failed(reply: Reply): Failed {
  const { retryAfter } = reply
  return { refusal: readWhole(reply), ...(retryAfter !== undefined && { retryAfter }) }
}
