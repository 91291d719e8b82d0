import type { Command } from 'commander'
import type { Context } from './context.ts'
import { stackCheckCommand } from './stack-check.ts'
import { stackConfigCommand } from './stack-config.ts'
import { stackRenderCommand } from './stack-render.ts'

/** `homeport stack`: Docker Swarm's stack files. */
export function stackCommand(program: Command, context: Context): void {
  const stack = program
    .command('stack')
    .helpCommand(false)
    .summary("read Docker Swarm's stack files")
    .description('Stack files as Docker Swarm has them, read as `docker stack` reads them.')
  stackCheckCommand(stack, context)
  stackConfigCommand(stack, context)
  stackRenderCommand(stack, context)
}
