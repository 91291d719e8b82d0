import { type ExchangeLimits, exchange, type Reply } from '../phone-line/exchange.ts'
import { Line } from '../phone-line/line.ts'
import { LineFailed } from '../phone-line/line-failed.ts'
import type { RefusalReport } from '../phone-line/refusal.ts'
import type { Trust } from '../phone-line/trust.ts'
import { parseBearer } from '../wire/bearer.ts'
import { readFailure, readWhole } from './edge-answer.ts'

/** A document of 20,000 claims takes the edge some seconds, and a reload on top; its answer is some 5 MB. */
const LIMITS: ExchangeLimits = { timeout: 60_000, maxBytes: 67_108_864 }

/** What is served waits for it, and it has no body to speak of. */
const SHORT_LIMITS: ExchangeLimits = { timeout: 10_000, maxBytes: LIMITS.maxBytes }

/** For how long an edge that is set up as usual keeps what a silent phone claims, ms, after the claims' own time. */
const HOLD = 3_600_000

export interface EdgeLineOptions {
  readonly url: URL
  readonly cluster: string
  /** What the controllers call the document that they share: its own for each election, since that is whose fences rise. */
  readonly document: string
  /** How long the claims hold without another call, s. */
  readonly ttl: number
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** The token as it is now. */
  readonly token: () => string
  /** PEM of the authorities that vouch for the edge; without it, the token's fingerprint does. */
  readonly authorities?: string
}

export interface Failed {
  readonly refusal: RefusalReport
  /** Seconds that the edge, or what stands before it, asked for. */
  readonly retryAfter?: number
}

/** A call about the document. */
export interface DocumentCall {
  readonly method: 'GET' | 'PUT'
  /** What of it, behind its path: `/document`. */
  readonly part?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** A token, with the document that is its own. */
interface Way {
  readonly token: string
  readonly path: string
  readonly line: Line
  /** When it was called by last, ms. */
  calledAt: number
}

/** The way to this cluster's document at one edge, as the token of the moment opens it. */
export class EdgeLine {
  readonly #options: EdgeLineOptions
  #way: Way | undefined
  /** Of tokens that were in the file before. */
  #former: Way[] = []
  /** By which the edge was seen to hold a document last. */
  #holder: Way | undefined

  constructor(options: EdgeLineOptions) {
    this.#options = options
  }

  async send({ part = '', ...call }: DocumentCall, signal: AbortSignal): Promise<Reply | Failed> {
    try {
      const way = this.#open()
      way.calledAt = this.#options.now()
      return await sendBy(way, { ...call, path: `${way.path}${part}` }, signal)
    } catch (error) {
      return { refusal: readFailure(error) }
    }
  }

  /** The edge holds a document by the token that was called with last. */
  holds(): void {
    const before = this.#holder
    this.#holder = this.#way
    if (before && before !== this.#way && !this.#former.includes(before)) before.line.close()
  }

  /**
   * Keeps what the edge was seen to hold from lapsing, where that is the document of this digest still; whether it is. By the token
   * that it is there by: another one in the file since may be no good.
   */
  async keep(digest: string, signal: AbortSignal): Promise<boolean> {
    const way = this.#holder
    if (!way) return false
    way.calledAt = this.#options.now()
    try {
      const headers = { 'if-match': `"${digest}"` }
      const { status } = await sendBy(way, { method: 'PUT', path: way.path, headers }, signal, SHORT_LIMITS)
      return status === 204
    } catch {
      return false
    }
  }

  /** Whether the edge may have a document of a former token still. */
  get hasFormer(): boolean {
    return this.#former.length > 0
  }

  /**
   * Releases the documents of former tokens: to be called when what they claim is in the new one's, and with each call until
   * there are none. What such a token may not release (it was revoked) lapses, and is taken to be gone by then.
   */
  async releaseFormer(signal: AbortSignal): Promise<void> {
    const { ttl, now } = this.#options
    for (const way of [...this.#former]) {
      const isOver = now() - way.calledAt > ttl * 1000 + HOLD
      if (!isOver && !(await isReleased(way, signal))) continue
      way.line.close()
      this.#former = this.#former.filter((one) => one !== way)
    }
  }

  close(): void {
    for (const way of [...this.#former, this.#way, this.#holder]) way?.line.close()
  }

  /** Another token is another identity, with a document of its own, and may name another key. */
  #open(): Way {
    const { token: read, url, cluster, document, authorities } = this.#options
    const token = read()
    if (this.#way?.token === token) return this.#way
    const bearer = parseBearer(token)
    if (!bearer) throw new Error('the token is none: it has the form hp1.<fingerprint>.<id>.<secret>')
    const trust: Trust =
      authorities === undefined
        ? { kind: 'fingerprint', fingerprint: bearer.fingerprint }
        : { kind: 'authority', pem: authorities }
    const path = `/v1/clusters/${cluster}/phones/controller.${bearer.id}.${document}`
    if (this.#way && this.#way.path !== path) this.#former.push(this.#way)
    else if (this.#way !== this.#holder) this.#way?.line.close()
    // One that is back is no former one.
    this.#former = this.#former.filter((one) => one.path !== path)
    this.#way = { token, path, line: new Line({ url, trust }), calledAt: 0 }
    return this.#way
  }
}

/**
 * False where there was no answer, or one that leaves the document as it is: the next time. A token whose scope lacks this
 * cluster never had one here; one that names another key than that of the edge, which has taken the new document, had it
 * at an edge that is no more.
 */
async function isReleased(way: Way, signal: AbortSignal): Promise<boolean> {
  try {
    const reply = await sendBy(way, { method: 'DELETE', path: way.path }, signal, SHORT_LIMITS)
    const { status } = reply
    if ((status >= 200 && status < 300) || status === 404 || status === 401) return true
    return failed(reply).refusal.code === 'outside-scope'
  } catch (error) {
    return error instanceof LineFailed && error.code === 'edge-untrusted'
  }
}

interface Sent {
  readonly method: 'GET' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

async function sendBy(
  { line, token }: Way,
  { method, path, body, headers: more }: Sent,
  signal: AbortSignal,
  limits = LIMITS,
): Promise<Reply> {
  const headers = {
    authorization: `Bearer ${token}`,
    'user-agent': 'homeport-controller',
    ...(body !== undefined && { 'content-type': 'application/json' }),
    ...more,
  }
  return await exchange(line, { method, path, headers, signal, ...(body !== undefined && { body }) }, limits)
}

/** What was refused as a whole. */
export function failed(reply: Reply): Failed {
  const { retryAfter } = reply
  return { refusal: readWhole(reply), ...(retryAfter !== undefined && { retryAfter }) }
}
