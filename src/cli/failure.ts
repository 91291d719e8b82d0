import { LineFailed } from '../phone-line/line-failed.ts'
import type { RefusalReport } from '../phone-line/refusal.ts'
import { type ErrorCode, errorEntry, isErrorCode } from '../wire/error-codes.ts'
import { EXIT, type ExitCode } from '../wire/exit-code.ts'

/** A command that could not be done: what people are told, and how the program ends. */
export class Failure extends Error {
  override readonly name = 'Failure'
  readonly report: RefusalReport
  readonly exitCode: ExitCode

  constructor(
    report: RefusalReport,
    exitCode: ExitCode = report.permanent ? EXIT.refused : EXIT.unreachable,
  ) {
    super(report.detail)
    this.report = report
    this.exitCode = exitCode
  }
}

/** A command that is done, and says something by how it ends. */
export class Ending extends Error {
  override readonly name = 'Ending'
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode) {
    super(`ends with ${exitCode}`)
    this.exitCode = exitCode
  }
}

/** Arguments or settings that cannot be used. */
export function usageFailure(detail: string, remedy = 'See --help.'): Failure {
  return new Failure({ code: 'config-invalid', detail, remedy, permanent: true }, EXIT.usage)
}

/** No answer, or none to be trusted. */
export function lineFailure(error: LineFailed, remedy = errorEntry(error.code).remedy): Failure {
  const permanent = errorEntry(error.code).lasts === 'permanent'
  return new Failure({ code: error.code, detail: error.message, remedy, permanent })
}

/** Any error as a failure: nobody gets a stack trace for a mistake of their own. */
export function asFailure(error: unknown): Failure {
  if (error instanceof Failure) return error
  if (error instanceof LineFailed) return lineFailure(error)
  const detail = error instanceof Error ? error.message : String(error)
  const code = codeOf(error)
  if (code === undefined)
    return new Failure({ code: 'internal', detail, remedy: '', permanent: false }, EXIT.fault)
  const { remedy, lasts } = errorEntry(code)
  const exitCode = code === 'config-invalid' ? EXIT.usage : EXIT.fault
  return new Failure({ code, detail, remedy, permanent: lasts === 'permanent' }, exitCode)
}

/** Errors of the edge's start carry a code of the table. */
function codeOf(error: unknown): ErrorCode | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' && isErrorCode(code) ? code : undefined
}
