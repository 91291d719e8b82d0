import type { IncomingMessage } from 'node:http'

/** Seconds: the one form of RFC 9110, 10.2.3; its other form, a date, is of no use to a clock that may be wrong. */
export function readRetryAfter({ headers }: IncomingMessage): number | undefined {
  const text = headers['retry-after']
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
