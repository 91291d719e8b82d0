import type { Reply } from '../phone-line/exchange.ts'
import type { ClaimAnswer, HeldDocument } from '../wire/document.ts'
import { readAnswer, readHeld } from './edge-answer.ts'
import { EdgeLine, type EdgeLineOptions, type Failed, failed } from './edge-line.ts'
import type { Wanted } from './wanted.ts'

export interface DocumentLineOptions extends EdgeLineOptions {
  /** What tells this cluster from another one of the same name. */
  readonly clusterUid?: string
}

/** What the edge holds, with the mark of its last answer. */
export interface Taken {
  readonly wanted: Wanted
  readonly digest: string
  readonly revision: string
  readonly answers: readonly ClaimAnswer[]
  /** No document of a former token is at the edge any more, with ports that this one may not have. */
  readonly isAlone: boolean
}

/** The call, to one edge: puts the document, renews it, reads what became of it. */
export class DocumentLine {
  readonly #options: DocumentLineOptions
  readonly #line: EdgeLine

  constructor(options: DocumentLineOptions) {
    this.#options = options
    this.#line = new EdgeLine(options)
  }

  async put(wanted: Wanted, signal: AbortSignal): Promise<Taken | Failed> {
    const { ttl, clusterUid } = this.#options
    const { fence, sequence, claims } = wanted
    const document = { ttl, fence, sequence, ...(clusterUid !== undefined && { clusterUid }), claims }
    const reply = await this.#line.send({ method: 'PUT', body: JSON.stringify(document) }, signal)
    const taken = 'refusal' in reply ? reply : readTaken(wanted, reply)
    return 'refusal' in taken ? taken : await this.#alone(taken, signal)
  }

  /** The same document again, by its digest. `stale` where the edge wants it whole. */
  async renew(taken: Taken, signal: AbortSignal): Promise<Taken | Failed | 'stale'> {
    const headers = { 'if-match': `"${taken.digest}"` }
    const reply = await this.#line.send({ method: 'PUT', headers }, signal)
    if ('refusal' in reply) return reply
    if (reply.status === 412 || reply.status === 404) return 'stale'
    if (reply.status !== 204) return failed(reply)
    const now = reply.revision === taken.revision ? taken : await this.#read(taken, reply.revision, signal)
    return now === 'stale' || 'refusal' in now ? now : await this.#alone(now, signal)
  }

  /** With what became of the documents of former tokens. */
  async #alone(taken: Taken, signal: AbortSignal): Promise<Taken> {
    this.#line.holds()
    await this.#line.releaseFormer(signal)
    const isAlone = !this.#line.hasFormer
    return taken.isAlone === isAlone ? taken : { ...taken, isAlone }
  }

  /** Keep what the edge holds from lapsing, where that is the document of this digest still; whether it is. */
  async keep(digest: string, signal: AbortSignal): Promise<boolean> {
    return await this.#line.keep(digest, signal)
  }

  /** What the edge holds for this cluster, whoever has put it. */
  async recall(signal: AbortSignal): Promise<HeldDocument | Failed> {
    const reply = await this.#line.send({ method: 'GET', part: '/document' }, signal)
    if ('refusal' in reply) return reply
    const held = readHeld(reply)
    if (held) this.#line.holds()
    return held ?? failed(reply)
  }

  close(): void {
    this.#line.close()
  }

  /** The answer behind a revision: should it have changed once more meanwhile, the next renewal tells. */
  async #read(
    { wanted, digest }: Taken,
    revision: string | undefined,
    signal: AbortSignal,
  ): Promise<Taken | Failed | 'stale'> {
    const reply = await this.#line.send({ method: 'GET' }, signal)
    if ('refusal' in reply) return reply
    const taken = readTaken(wanted, { ...reply, ...(revision !== undefined && { revision }) })
    return 'refusal' in taken || taken.digest === digest ? taken : 'stale'
  }
}

function readTaken(wanted: Wanted, reply: Reply): Taken | Failed {
  const answer = readAnswer(reply)
  // One answer for each claim, or it is not the answer to our document.
  if (answer?.claims.length !== wanted.claims.length) return failed(reply)
  return {
    wanted,
    digest: answer.digest,
    revision: reply.revision ?? '',
    answers: answer.claims,
    isAlone: true,
  }
}
