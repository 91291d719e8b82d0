import { type ExchangeLimits, exchange, type Reply } from '../phone-line/exchange.ts'
import type { Line } from '../phone-line/line.ts'
import type { DocumentRequest } from '../wire/document.ts'
import type { Caller, Release } from './caller.ts'
import { readAnswer, readFailure } from './read-answer.ts'
import type { Settings } from './settings.ts'
import type { Verdict } from './verdict.ts'

export const CALL_LIMITS: ExchangeLimits = { timeout: 10_000, maxBytes: 1_048_576 }

export interface DocumentCallerOptions {
  readonly line: Line
  readonly settings: Settings
  readonly token: string
  readonly tokenId: string
  /** Milliseconds since the epoch: where the document's sequence begins. */
  readonly startedAt: number
  readonly limits?: ExchangeLimits
}

/** The call as it is: `PUT /v1/clusters/{cluster}/phones/{phone}` with the whole document. */
export class DocumentCaller implements Caller {
  readonly #options: DocumentCallerOptions
  #phone: string
  #sequence: number
  /** What the edge called the document that it answered last. */
  #digest: string | undefined
  /** Whether the last document was answered: else the edge may hold it by a digest that nobody knows. */
  #isAnswered = false
  #underWay: Promise<unknown> = Promise.resolve()
  readonly #cut = new AbortController()

  constructor(options: DocumentCallerOptions) {
    this.#options = options
    this.#phone = options.settings.phone
    this.#sequence = options.startedAt
  }

  /** The signal ends the wait alone: what a call under way brings about, a release has to know. */
  async call(signal: AbortSignal): Promise<Verdict> {
    const call = this.#claim(signal)
    this.#underWay = call
    return await unlessAborted(call, signal, () => readFailure(new Error('the call was given up')))
  }

  /**
   * Only the document that it put itself: a pod of the same name may have put its own by now. Behind a call that is under way,
   * on the same connection, so that the edge has the two in their order.
   *
   * What remains is a call that was cut after its time, or with its address: what of it is still on its way (TCP resends for
   * some 100 s what was written before) may reach the edge behind the release. Then the claims lapse by themselves, after
   * their ttl and the edge's hold time.
   */
  async release(signal: AbortSignal): Promise<Release> {
    await unlessAborted(this.#underWay, signal, () => this.#cut.abort())
    if (signal.aborted) return readFailure(new Error('the call before it had no answer in time'))
    const release = await this.#delete(signal)
    if (release !== 'replaced' || this.#isAnswered) return release
    // Perhaps it is our own after all, of a call whose answer was lost: put again, it is answered with its digest, or it is
    // refused where a newer phone's stands there.
    const verdict = await this.#put(signal)
    if (verdict.kind === 'answered') return await this.#delete(signal)
    return ['document-outdated', 'document-of-another'].includes(verdict.refusal.code) ? 'replaced' : verdict
  }

  reset(): void {
    this.#options.line.reset()
  }

  close(): void {
    this.#cut.abort()
    this.#options.line.close()
  }

  async #claim(signal: AbortSignal): Promise<Verdict> {
    const verdict = await this.#put(this.#cut.signal)
    return !signal.aborted && this.#amend(verdict) ? this.#put(this.#cut.signal) : verdict
  }

  async #delete(signal: AbortSignal): Promise<Release> {
    try {
      const match = this.#digest === undefined ? {} : { 'if-match': `"${this.#digest}"` }
      const reply = await this.#send('DELETE', match, signal)
      if (reply.status < 300 || reply.status === 404) return 'released'
      const verdict = readAnswer(reply, 0)
      const isReplaced = verdict.kind === 'refused' && verdict.refusal.code === 'digest-mismatch'
      return isReplaced ? 'replaced' : verdict
    } catch (error) {
      return readFailure(error)
    }
  }

  async #put(signal: AbortSignal): Promise<Verdict> {
    try {
      const { settings } = this.#options
      const body = JSON.stringify(documentOf(settings, this.#sequence))
      this.#isAnswered = false
      const reply = await this.#send('PUT', { 'content-type': 'application/json' }, signal, body)
      const verdict = readAnswer(reply, settings.claims.length)
      if (verdict.kind === 'answered') {
        this.#digest = verdict.digest
        this.#isAnswered = true
      }
      return verdict
    } catch (error) {
      return readFailure(error)
    }
  }

  /** Mend what the edge found wrong, where a second call can be better. */
  #amend(verdict: Verdict): boolean {
    if (verdict.kind !== 'refused') return false
    const { code, detail } = verdict.refusal
    if (code === 'document-outdated') {
      // This machine's clock was set back: go on from the sequence that the edge names.
      const held = Math.max(...(detail.match(/\d+/g) ?? []).map(Number))
      if (!Number.isSafeInteger(held + 1)) return false
      this.#sequence = held + 1
      return true
    }
    const { tokenId, settings } = this.#options
    const ownName = `${settings.phone.slice(0, 252 - tokenId.length)}.${tokenId}`
    if (code !== 'document-of-another' || this.#phone === ownName) return false
    // The token was changed, and the document of the old one still stands: take a name that only this token has. Both
    // documents are of one owner, so their backends merge and no connection notices.
    this.#phone = ownName
    this.#digest = undefined
    return true
  }

  #send(
    method: 'PUT' | 'DELETE',
    more: Readonly<Record<string, string>>,
    signal: AbortSignal,
    body?: string,
  ): Promise<Reply> {
    const { line, settings, token, limits = CALL_LIMITS } = this.#options
    const path = `/v1/clusters/${settings.cluster}/phones/${this.#phone}`
    const headers = { authorization: `Bearer ${token}`, 'user-agent': 'homeport-agent', ...more }
    return exchange(line, { method, path, headers, signal, ...(body !== undefined && { body }) }, limits)
  }
}

/** What comes of the work, or of `onAbort` where the signal comes first. The work goes on. */
async function unlessAborted<Result>(
  work: Promise<Result>,
  signal: AbortSignal,
  onAbort: () => Result,
): Promise<Result> {
  let stopListening = () => {}
  const aborted = new Promise<Result>((resolve) => {
    const end = () => resolve(onAbort())
    signal.addEventListener('abort', end, { once: true })
    stopListening = () => signal.removeEventListener('abort', end)
    if (signal.aborted) end()
  })
  try {
    return await Promise.race([work, aborted])
  } finally {
    stopListening()
  }
}

/** The document that the settings mean. */
export function documentOf(settings: Settings, sequence: number): DocumentRequest {
  const { ttl, owner, claims, address, proxyProtocol, check, allow } = settings
  return {
    ttl,
    sequence,
    claims: claims.map(({ port, protocol, backendPort }) => ({
      owner,
      port,
      protocol,
      backends: [{ port: backendPort, ...(address !== undefined && { address }) }],
      ...(proxyProtocol !== 'off' && { proxyProtocol }),
      ...(check && { check }),
      ...(allow && { allow: [...allow] }),
    })),
  }
}
