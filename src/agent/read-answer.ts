import type { Reply } from '../phone-line/exchange.ts'
import { type Fields, listField, parseFields, textField } from '../phone-line/fields.ts'
import { LineFailed } from '../phone-line/line-failed.ts'
import { type RefusalReport, readRefusal } from '../phone-line/refusal.ts'
import { errorEntry } from '../wire/error-codes.ts'
import type { BackendHealth, PortVerdict, Verdict } from './verdict.ts'

/** SHA-256 in base64url: what may stand in a header. */
const DIGEST = /^[\w-]{43}$/

/** What the answer to a document says, read from its body: the statuses only sum it up. */
export function readAnswer({ status, type, text, retryAfter }: Reply, claims: number): Verdict {
  const later = retryAfter === undefined ? {} : { retryAfter }
  const fields = parseFields(text)
  const ports = fields ? listField(fields, 'claims').flatMap((claim) => readPort(claim) ?? []) : []
  // One verdict for each claim, or it is not the answer to our document.
  if (fields && ports.length > 0 && ports.length === claims) {
    const digest = textField(fields, 'digest') ?? ''
    return { kind: 'answered', ports, ...(DIGEST.test(digest) && { digest }), ...later }
  }
  const refusal = fields && status >= 400 ? readRefusal(fields) : undefined
  return { kind: 'refused', refusal: refusal ?? notAnEdge(status, type), ...later }
}

/** A call that got no answer at all. */
export function readFailure(error: unknown): Verdict {
  const code = error instanceof LineFailed ? error.code : 'edge-unreachable'
  const detail = error instanceof Error ? error.message : String(error)
  return { kind: 'refused', refusal: report(code, detail) }
}

/** Something else answers in the edge's place, a proxy or a portal: as good as no answer. */
export function notAnEdge(status: number, type: string): RefusalReport {
  return report(
    'edge-unreachable',
    `what answers there is no Homeport edge (status ${status}, ${type || 'no type'})`,
  )
}

function report(code: 'edge-unreachable' | 'edge-untrusted', detail: string): RefusalReport {
  const { remedy, lasts } = errorEntry(code)
  return { code, detail, remedy, permanent: lasts === 'permanent' }
}

function readPort(claim: Fields): PortVerdict | undefined {
  const state = textField(claim, 'state')
  const port = `${textField(claim, 'protocol') ?? 'tcp'}/${claim.get('port') ?? '?'}`
  if (state === 'live') return { port, backends: listField(claim, 'backends').map(readBackend) }
  const refusal = state === 'refused' ? readRefusal(claim) : undefined
  return refusal && { port, refusal, backends: [] }
}

function readBackend(backend: Fields): BackendHealth {
  const address = textField(backend, 'address') ?? '?'
  const name = `${address.includes(':') ? `[${address}]` : address}:${backend.get('port') ?? '?'}`
  const health = textField(backend, 'health')
  const reason = textField(backend, 'reason')
  return {
    name,
    health: health === 'down' || health === 'checking' || health === 'unchecked' ? health : 'up',
    ...(reason !== undefined && { reason }),
  }
}
