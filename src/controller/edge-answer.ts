import { Compile } from 'typebox/compile'
import type { Reply } from '../phone-line/exchange.ts'
import { parseFields } from '../phone-line/fields.ts'
import { LineFailed } from '../phone-line/line-failed.ts'
import { type RefusalReport, readRefusal } from '../phone-line/refusal.ts'
import { ClaimRequest } from '../wire/claim.ts'
import { DocumentAnswer, type HeldDocument } from '../wire/document.ts'
import { errorEntry, isErrorCode } from '../wire/error-codes.ts'
import { TokenUnreadable } from './token-unreadable.ts'

const documentAnswer = Compile(DocumentAnswer)
const claimRequest = Compile(ClaimRequest)

/** The edge's answer to a document; undefined where the body is none, but the refusal of the whole call. */
export function readAnswer({ text }: Reply): DocumentAnswer | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return documentAnswer.Check(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** Where an edge holds nothing of a phone, or is too old to tell. */
const NOTHING_HELD: ReadonlySet<unknown> = new Set(['document-unknown', 'not-found'])

/**
 * The document that the edge holds; undefined where it does not tell. A claim that is of no form that is known here, of a newer
 * edge's, is left out: the ports of all the others depend on this answer.
 */
export function readHeld({ status, text }: Reply): HeldDocument | undefined {
  const fields = parseFields(text)
  if (status === 404) return NOTHING_HELD.has(fields?.get('code')) ? { digest: '', claims: [] } : undefined
  const [digest, claims] = [fields?.get('digest'), fields?.get('claims')]
  if (status !== 200 || typeof digest !== 'string' || !Array.isArray(claims)) return undefined
  return { digest, claims: claims.filter((claim) => claimRequest.Check(claim)) }
}

/** Why the whole call was refused. What answers without a code of ours is no edge: a proxy, or a portal. */
export function readWhole({ status, type, text }: Reply): RefusalReport {
  const fields = parseFields(text)
  return (
    (fields && readRefusal(fields)) ??
    report(
      'edge-unreachable',
      `what answers there is no Homeport edge (status ${status}, ${type || 'no type'})`,
    )
  )
}

/** Why there was no answer at all. */
export function readFailure(error: unknown): RefusalReport {
  const detail = error instanceof Error ? error.message : String(error)
  if (error instanceof TokenUnreadable) return report('token-unreadable', detail)
  return report(error instanceof LineFailed ? error.code : 'edge-unreachable', detail)
}

/**
 * Whether the edge itself has said that it took nothing. What is no edge's word, or a fault of its own, leaves open what
 * became of the call.
 */
export function isRefusal({ code }: RefusalReport): boolean {
  return isErrorCode(code) && !NO_ANSWER.has(code) && errorEntry(code).status < 500
}

const NO_ANSWER: ReadonlySet<string> = new Set(['edge-unreachable', 'edge-untrusted', 'token-unreadable'])

function report(
  code: 'edge-unreachable' | 'edge-untrusted' | 'token-unreadable',
  detail: string,
): RefusalReport {
  const { remedy, lasts } = errorEntry(code)
  return { code, detail, remedy, permanent: lasts === 'permanent' }
}
