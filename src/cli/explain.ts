import type { Command } from 'commander'
import { ERROR_CODES, type ErrorCode, errorEntry, isErrorCode } from '../wire/error-codes.ts'
import { type Context, hint, printJson } from './context.ts'
import { usageFailure } from './failure.ts'
import { tableText } from './table.ts'

/** `homeport explain`: what an error code means and what to do about it. */
export function explainCommand(program: Command, context: Context): void {
  program
    .command('explain')
    .argument('[code]', 'the code of an error; all are listed where it is left out')
    .option('--json', 'print JSON, for programs')
    .summary('what an error code means, and what to do')
    .description('What an error code means, whether a retry may help, and what to do.')
    .addHelpText('after', '\nExamples:\n  homeport explain port-taken\n  homeport explain\n')
    .action((code: string | undefined, options: { json?: true }) => {
      if (code === undefined) return listAll(context, options.json)
      if (!isErrorCode(code)) throw unknownCode(code)
      const { status, lasts, title, remedy } = errorEntry(code)
      if (options.json) return printJson(context, { code, status, lasts, title, remedy })
      const retry =
        lasts === 'permanent'
          ? 'permanent: the same call is refused again'
          : 'transient: a later call may succeed'
      context.terminal.out(
        `${context.terminal.paint('bold', code)}: ${title}\n${retry} (HTTP status ${status})\n\n${remedy}\n`,
      )
    })
}

function listAll(context: Context, json: true | undefined): void {
  const entries = ERROR_CODES.map((code) => ({ code, ...errorEntry(code) }))
  if (json) {
    printJson(context, entries)
    return
  }
  const rows = entries.map(({ code, lasts, title }) => [code, lasts, title])
  context.terminal.out(tableText(['CODE', 'LASTS', 'MEANING'], rows, context.terminal))
  hint(context, 'homeport explain CODE')
}

function unknownCode(text: string): Error {
  const words = text
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word.length > 2)
  const near = ERROR_CODES.filter((code: ErrorCode) => words.some((word) => code.includes(word)))
  const remedy = near.length > 0 ? `Did you mean ${near.join(', ')}?` : 'All codes: homeport explain'
  return usageFailure(`there is no error code ${JSON.stringify(text)}`, remedy)
}
