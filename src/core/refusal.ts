import type { ErrorCode } from '../wire/error-codes.ts'

/** Why something was not done: a code of the closed table and what was wrong in this very case. */
export interface Refusal {
  readonly code: ErrorCode
  /** One sentence for people, naming the values at fault. */
  readonly detail: string
}
