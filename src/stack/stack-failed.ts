import { ApiFailed } from '../kubernetes/api-failed.ts'
import { type ErrorCode, errorEntry } from '../wire/error-codes.ts'

/** A stack could not be deployed, looked at or removed: what is wrong, all of it. */
export class StackFailed extends Error {
  override readonly name = 'StackFailed'
  readonly code: ErrorCode
  /** One sentence each. */
  readonly problems: readonly string[]
  readonly remedy: string

  constructor(
    code: ErrorCode,
    message: string,
    problems: readonly string[] = [],
    remedy = errorEntry(code).remedy,
  ) {
    super(message)
    this.code = code
    this.problems = problems
    this.remedy = remedy
  }
}

/** An answer of the API server, or that there was none, as a failure of the table. */
export function apiFailure(error: ApiFailed): StackFailed {
  const { status, reason, message } = error
  if (reason === 'Stopped') return new StackFailed('stack-stopped', 'you ended it')
  if (status === 0 || status >= 500 || status === 429) return new StackFailed('cluster-unreachable', message)
  return new StackFailed('cluster-refused', message)
}

/**
 * Why the API server took no object, in its first line: what comes after that may be the whole object. Of a Secret only where
 * it is wrong: the API server's words may have its values.
 * @param kind of the object
 */
export function refusalText(error: unknown, kind: string): string {
  if (!(error instanceof ApiFailed)) return error instanceof Error ? error.message : String(error)
  const { status, reason, causes } = error
  const [message = ''] = error.message.split('\n')
  if (kind === 'PersistentVolumeClaim' && status === 422)
    return `${message}: give the volume another name, and move what is in it`
  if (kind !== 'Secret' || status === 0 || status === 403 || status === 404) return message
  const fields = causes.map(({ field }) => field).filter((field) => field !== '')
  return fields.length === 0 ? reason : `${reason}: ${fields.join(', ')}`
}
