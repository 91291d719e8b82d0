import type { Command } from 'commander'
import { printStack } from '../core/stack/print/print-stack.ts'
import type { Context } from './context.ts'
import { readInput, readsAStack, type StackOptions } from './stack-input.ts'
import { problemsText, stackFailure } from './stack-problems.ts'

const EXAMPLES = `
Examples:
  homeport stack config -c stack.yml
  homeport stack config -c stack.yml -c production.yml
  homeport stack config -c stack.yml --host-root ./host
  homeport stack config --compose -c compose.yml --profile debug
`

/** `homeport stack config`: a stack in canonical form. */
export function stackConfigCommand(stack: Command, context: Context): void {
  readsAStack(stack.command('config'))
    .summary('print a stack in its canonical form, as docker stack config does (or docker compose config)')
    .description('Print a stack after variables and merges, in one form whichever way it was written.')
    .addHelpText('after', EXAMPLES)
    .action((options: StackOptions) => {
      const { stack: read, text, problems, texts } = readInput(options, context)
      const { terminal } = context
      if (problems.length > 0) terminal.err(`${problemsText(problems, texts, terminal)}\n`)
      if (!read) throw stackFailure(problems, texts)
      terminal.out(text ?? printStack(read))
    })
}
