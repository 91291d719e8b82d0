import type { Command } from 'commander'
import { type Context, hint, printJson } from './context.ts'
import { readInput, readsAStack, type StackOptions } from './stack-input.ts'
import { problemsJson, problemsText, stackFailure } from './stack-problems.ts'

const EXAMPLES = `
Examples:
  homeport stack check -c stack.yml
  homeport stack check -c stack.yml --json
`

/** `homeport stack check`: all that is wrong with a stack, and all that would be dropped. */
export function stackCheckCommand(stack: Command, context: Context): void {
  readsAStack(stack.command('check'))
    .option('--json', 'print JSON, for programs')
    .summary('say what is wrong with a stack, and what is dropped, all at once')
    .description('Every error and warning of a stack, with file, line and what to write instead.')
    .addHelpText('after', EXAMPLES)
    .action((options: StackOptions & { json?: true }) => {
      const { stack: read, problems, texts } = readInput(options, context)
      if (options.json) printJson(context, problemsJson(problems, texts))
      else if (problems.length > 0) context.terminal.out(problemsText(problems, texts, context.terminal))
      if (!read) throw stackFailure(problems, texts)
      if (options.json) return
      if (problems.length === 0) context.terminal.out('Nothing is wrong.\n')
      hint(context, `homeport stack config ${texts.map(({ name }) => `-c ${name}`).join(' ')}`)
    })
}
