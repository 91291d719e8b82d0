import { fieldsOf, listOf, numberOf, textOf } from './fields.ts'

/** A field that another manager holds, or that is no good. */
export interface Cause {
  readonly field: string
  readonly message: string
}

interface Failure {
  /** HTTP's status code; 0 where there was no answer at all. */
  readonly status: number
  /**
   * The API server's word for it (`NotFound`, `Conflict`, `AlreadyExists`, `Expired`), or one of ours: `Unreachable`,
   * `Unreadable`, `TooLong`, `Stopped` (by the caller's signal).
   */
  readonly reason: string
  readonly message: string
  /** Seconds that the API server asks to wait. */
  readonly retryAfter?: number | undefined
  /** The API server's wall clock when it answered, ms since the epoch, whole seconds. */
  readonly time?: number
  readonly causes?: readonly Cause[]
  readonly cause?: unknown
}

/** What an answer says before its body. */
type Head = Partial<Pick<Failure, 'status' | 'retryAfter' | 'time'>>

/** The API server refused, or gave no answer. */
export class ApiFailed extends Error {
  override readonly name = 'ApiFailed'
  readonly status: number
  readonly reason: string
  readonly retryAfter: number | undefined
  /** NaN where the API server did not say. */
  readonly time: number
  readonly causes: readonly Cause[]

  constructor({ status, reason, message, retryAfter, time = Number.NaN, causes = [], cause }: Failure) {
    super(message, { cause })
    this.status = status
    this.reason = reason
    this.retryAfter = retryAfter
    this.time = time
    this.causes = causes
  }

  /** From the `Status` in the API server's answer, or in the ERROR event of a watch. */
  static ofStatus(object: unknown, { status = 0, retryAfter, time }: Head = {}): ApiFailed {
    const { code, reason, message, details } = fieldsOf(object)
    const { causes, retryAfterSeconds } = fieldsOf(details)
    const number = status || (numberOf(code) ?? 0)
    return new ApiFailed({
      status: number,
      reason: textOf(reason) || `Status${number}`,
      message: textOf(message) || `the API server answered ${number}`,
      retryAfter: retryAfter ?? numberOf(retryAfterSeconds),
      ...(time !== undefined && { time }),
      causes: listOf(causes)
        .map(fieldsOf)
        .map((cause) => ({ field: textOf(cause['field']), message: textOf(cause['message']) })),
    })
  }

  static unreachable(message: string, cause?: unknown): ApiFailed {
    return new ApiFailed({ status: 0, reason: 'Unreachable', message, cause })
  }

  static stopped(): ApiFailed {
    return new ApiFailed({ status: 0, reason: 'Stopped', message: 'the call was given up' })
  }
}

/** What went wrong, as an ApiFailed, in the system's words; all of them where several addresses were tried. */
export function asApiFailed(error: unknown): ApiFailed {
  if (error instanceof ApiFailed) return error
  const causes = error instanceof AggregateError ? error.errors : [error]
  const words = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)))
  return ApiFailed.unreachable(words.join('; '), error)
}

/** Whether an error is the API server's refusal with this status (404, 409 ...). */
export function hasStatus(error: unknown, status: number): error is ApiFailed {
  return error instanceof ApiFailed && error.status === status
}
