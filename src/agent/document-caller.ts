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

  constructor(options: DocumentCallerOptions) {
    this.#options = options
    this.#phone = options.settings.phone
    this.#sequence = options.startedAt
  }

  async call(signal: AbortSignal): Promise<Verdict> {
    const verdict = await this.#put(signal)
    return this.#amend(verdict) ? this.#put(signal) : verdict
  }

  /** Only the document that it put itself: a pod of the same name may have put its own by now. */
  async release(signal: AbortSignal): Promise<Release> {
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

  reset(): void {
    this.#options.line.reset()
  }

  close(): void {
    this.#options.line.close()
  }

  async #put(signal: AbortSignal): Promise<Verdict> {
    try {
      const { settings } = this.#options
      const body = JSON.stringify(documentOf(settings, this.#sequence))
      const reply = await this.#send('PUT', { 'content-type': 'application/json' }, signal, body)
      const verdict = readAnswer(reply, settings.claims.length)
      if (verdict.kind === 'answered') this.#digest = verdict.digest
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
