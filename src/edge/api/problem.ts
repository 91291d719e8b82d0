import type { FastifyError } from 'fastify'
import { type ErrorCode, errorEntry } from '../../wire/error-codes.ts'
import type { Problem } from '../../wire/problem.ts'
import { type Fault, RequestRefused } from '../request-refused.ts'
import { StorageFailed } from '../store/store.ts'

export const PROBLEM_TYPE = 'application/problem+json'

/** The problem details of a refusal (RFC 9457). */
export function problemOf(code: ErrorCode, detail: string, faults: readonly Fault[] = []): Problem {
  const { status, lasts, title, remedy } = errorEntry(code)
  return {
    type: `urn:homeport:error:${code}`,
    title,
    status,
    code,
    permanent: lasts === 'permanent',
    detail,
    remedy,
    ...(faults.length > 0 && { errors: faults.map(({ path, message }) => ({ path, message })) }),
  }
}

/** What Fastify and Node find wrong before a handler runs, in our codes. */
const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'media-type',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body-too-large',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'request-invalid',
  FST_ERR_CTP_EMPTY_TYPE: 'media-type',
  FST_ERR_VALIDATION: 'request-invalid',
  FST_ERR_BAD_URL: 'request-invalid',
  FST_ERR_MAX_PARAM_LENGTH: 'request-invalid',
  FST_ERR_ASYNC_CONSTRAINT: 'request-invalid',
  ECONNRESET: 'request-incomplete',
  ERR_HTTP_REQUEST_TIMEOUT: 'request-incomplete',
  HPE_HEADER_OVERFLOW: 'request-invalid',
}

/** The problem that an error stands for; undefined for a fault of ours. */
export function knownProblem(error: unknown): Problem | undefined {
  if (error instanceof RequestRefused) return problemOf(error.code, error.detail, error.faults)
  if (error instanceof StorageFailed) return problemOf('storage-failed', error.message)
  if (!(error instanceof Error)) return undefined
  const code = errorCode(error)
  const ours = code === undefined ? undefined : FASTIFY_CODES[code]
  if (ours) return problemOf(ours, error.message)
  return isBadRequest(error) ? problemOf('request-invalid', error.message) : undefined
}

function errorCode(error: Error): string | undefined {
  return 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

function isBadRequest(error: Error & Partial<Pick<FastifyError, 'statusCode'>>): boolean {
  return error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500
}
