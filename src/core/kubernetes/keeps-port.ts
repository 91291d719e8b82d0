import { errorEntry, isErrorCode } from '../../wire/error-codes.ts'

/**
 * Whether a port that was a Service's stays its own though the edge refuses it for this: only backends are missing, or it is the
 * edge's own trouble, which will pass (HAProxy restarts, say).
 */
export function keepsPort(code: string): boolean {
  if (!isErrorCode(code)) return false
  const { status, lasts } = errorEntry(code)
  return status >= 500 && lasts === 'transient'
}
