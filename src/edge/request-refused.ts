import type { Refusal } from '../core/refusal.ts'
import type { ErrorCode } from '../wire/error-codes.ts'

/** One fault of an input: where (a JSON pointer) and what. */
export interface Fault {
  readonly path: string
  readonly message: string
}

/** A request that is refused as a whole; the API answers it with problem details. */
export class RequestRefused extends Error implements Refusal {
  override readonly name = 'RequestRefused'
  readonly code: ErrorCode
  readonly faults: readonly Fault[]

  constructor(code: ErrorCode, detail: string, faults: readonly Fault[] = []) {
    super(detail)
    this.code = code
    this.faults = faults
  }

  get detail(): string {
    return this.message
  }
}
