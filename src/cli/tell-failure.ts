import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { asFailure, type Failure } from './failure.ts'
import type { Terminal } from './terminal.ts'

/** Tells the user why a command could not be done; gives the exit code. */
export function tellFailure(error: unknown, asJson: boolean, terminal: Terminal): ExitCode {
  const failure = asFailure(error)
  terminal.err(failureText(failure, asJson, terminal))
  return failure.exitCode
}

function failureText({ report, exitCode }: Failure, asJson: boolean, { paint }: Terminal): string {
  if (asJson) return `${JSON.stringify(report)}\n`
  const { code, detail, remedy } = report
  const explain = exitCode === EXIT.usage || code === 'internal' ? '' : `\nNext: homeport explain ${code}\n`
  return `${paint('red', 'error')} ${code}: ${detail}\n${remedy ? `${remedy}\n` : ''}${explain}`
}
