import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { Ending } from './failure.ts'
import { tellFailure } from './tell-failure.ts'
import type { Terminal } from './terminal.ts'

/** The exit code of a command that ended with an error, which the user is told. */
export function exitOf(error: unknown, args: readonly string[], terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
  if (error instanceof Ending) return error.exitCode
  return tellFailure(error, args.includes('--json'), terminal)
}
