import type { Command } from 'commander'
import type { Context } from './context.ts'
import { stackCheckCommand } from './stack-check.ts'
import { stackConfigCommand } from './stack-config.ts'
import { stackDeployCommand } from './stack-deploy.ts'
import { stackDiffCommand } from './stack-diff.ts'
import { stackLogsCommand } from './stack-logs.ts'
import { stackLsCommand } from './stack-ls.ts'
import { stackPsCommand } from './stack-ps.ts'
import { stackRenderCommand } from './stack-render.ts'
import { stackRmCommand } from './stack-rm.ts'
import { stackServicesCommand } from './stack-services.ts'

/** `homeport stack`: Docker Swarm's stack files. */
export function stackCommand(program: Command, context: Context): void {
  const stack = program
    .command('stack')
    .helpCommand(false)
    .summary("read Docker Swarm's stack files, and run them in a cluster")
    .description(
      'Stack files as Docker Swarm has them, read as `docker stack` reads them, and run on Kubernetes.',
    )
  stackCheckCommand(stack, context)
  stackConfigCommand(stack, context)
  stackRenderCommand(stack, context)
  stackDiffCommand(stack, context)
  stackDeployCommand(stack, context)
  stackLsCommand(stack, context)
  stackServicesCommand(stack, context)
  stackPsCommand(stack, context)
  stackLogsCommand(stack, context)
  stackRmCommand(stack, context)
}
