import { errorEntry, isErrorCode } from '../wire/error-codes.ts'
import { type Fields, textField } from './fields.ts'

/** Why something was not done, with what to do about it. */
export interface RefusalReport {
  /** A code of docs/errors.md; of a newer edge perhaps one that this program does not know. */
  readonly code: string
  readonly detail: string
  readonly remedy: string
  readonly permanent: boolean
}

/** The refusal that a problem (RFC 9457) or a refused claim tells of; undefined where the fields hold no code. */
export function readRefusal(fields: Fields): RefusalReport | undefined {
  const code = textField(fields, 'code')
  if (code === undefined) return undefined
  const known = isErrorCode(code) ? errorEntry(code) : undefined
  const permanent = fields.get('permanent')
  return {
    code,
    detail: textField(fields, 'detail') ?? known?.title ?? '',
    remedy: textField(fields, 'remedy') ?? known?.remedy ?? '',
    permanent: typeof permanent === 'boolean' ? permanent : known?.lasts === 'permanent',
  }
}
