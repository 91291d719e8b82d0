import { type ExchangeLimits, exchange, type Reply } from '../phone-line/exchange.ts'
import { parseFields } from '../phone-line/fields.ts'
import type { Line } from '../phone-line/line.ts'
import { type RefusalReport, readRefusal } from '../phone-line/refusal.ts'
import { type ErrorCode, errorEntry } from '../wire/error-codes.ts'
import type { Caller, Release } from './caller.ts'
import { CALL_LIMITS } from './document-caller.ts'
import { notAnEdge, readAnswer, readFailure } from './read-answer.ts'
import type { PortClaim, Settings } from './settings.ts'
import type { PortVerdict, Verdict } from './verdict.ts'

export interface HookCallerOptions {
  readonly line: Line
  readonly settings: Settings
  readonly token: string
  readonly limits?: ExchangeLimits
}

/** What the statuses of an edge that answers with no code of ours mean. */
const CODE_OF_STATUS: Readonly<Record<number, ErrorCode>> = {
  400: 'claim-invalid',
  401: 'token-unknown',
  403: 'token-unknown',
  404: 'not-found',
  409: 'port-taken',
  422: 'claim-invalid',
}

/** The original phone-home's call, one POST for each claim. An address left empty is the caller's own. */
export class HookCaller implements Caller {
  readonly #options: HookCallerOptions

  constructor(options: HookCallerOptions) {
    this.#options = options
  }

  async call(signal: AbortSignal): Promise<Verdict> {
    const ports: PortVerdict[] = []
    for (const claim of this.#options.settings.claims) {
      try {
        ports.push(...portsOf(await this.#post('add', claim, signal), claim))
      } catch (error) {
        return readFailure(error)
      }
    }
    return { kind: 'answered', ports }
  }

  async release(signal: AbortSignal): Promise<Release> {
    for (const claim of this.#options.settings.claims) {
      try {
        const refusal = refusalOf(await this.#post('delete', claim, signal))
        if (refusal) return { kind: 'refused', refusal }
      } catch (error) {
        return readFailure(error)
      }
    }
    return 'released'
  }

  reset(): void {
    this.#options.line.reset()
  }

  close(): void {
    this.#options.line.close()
  }

  #post(action: 'add' | 'delete', { port, backendPort }: PortClaim, signal: AbortSignal): Promise<Reply> {
    const { line, settings, token, limits = CALL_LIMITS } = this.#options
    const body = JSON.stringify({
      name: settings.owner.slice(settings.owner.indexOf('/') + 1),
      'frontend-port': String(port),
      'backend-port': String(backendPort),
      'dst-ip': settings.address ?? '',
      action,
      'send-proxy': settings.sendProxy,
    })
    const headers = { 'content-type': 'application/json', 'x-funkypenguin-token': token }
    return exchange(line, { method: 'POST', path: '', headers, body, signal }, limits)
  }
}

/** An edge of Homeport answers as it answers a document; the original says nothing but a status. */
function portsOf(reply: Reply, { protocol, port }: PortClaim): readonly PortVerdict[] {
  const answer = readAnswer(reply, 1)
  if (answer.kind === 'answered') return answer.ports
  const refusal = refusalOf(reply)
  return [{ port: `${protocol}/${port}`, backends: [], ...(refusal && { refusal }) }]
}

function refusalOf({ status, type, text }: Reply): RefusalReport | undefined {
  if (status >= 200 && status < 300) return undefined
  const fields = parseFields(text)
  const told = fields && readRefusal(fields)
  if (told) return told
  const code = CODE_OF_STATUS[status]
  if (code === undefined) return notAnEdge(status, type)
  const { title, remedy, lasts } = errorEntry(code)
  const words = text.trim().split('\n')[0]?.slice(0, 200)
  return { code, detail: words || title, remedy, permanent: lasts === 'permanent' }
}
