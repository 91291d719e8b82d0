import type { Command } from 'commander'
import type { ExitCode } from '../wire/exit-code.ts'
import type { Context } from './context.ts'

/** `homeport agent`, for the list of commands and the completion: `runAgent` does the work. */
export function agentCommand(program: Command): void {
  program
    .command('agent')
    .summary('phone home from a pod: claim ports, again and again')
    .description('Call the edges so that they forward their ports to this node. See docs/agent.md.')
    .usage('[--flag value]...')
    .allowUnknownOption()
    .allowExcessArguments()
}

/** Runs the agent until it is told to stop. bin/homeport starts it without the CLI, for the memory. */
export async function runAgent(args: readonly string[], { env }: Context): Promise<ExitCode> {
  const { main } = await import('../agent/main.ts')
  return main(args, env)
}
