import { EXIT } from '../wire/exit-code.ts'
import { bareProgram } from './bare-program.ts'
import { endWithOutput } from './end-with-output.ts'
import { exitOf } from './exit-of.ts'
import { processContext } from './process-context.ts'
import { stackCheckCommand } from './stack-check.ts'
import { stackConfigCommand } from './stack-config.ts'
import { stackRenderCommand } from './stack-render.ts'

// What of `homeport stack` asks no cluster, alone: it starts in half the time. No await: the bundle is CommonJS (see
// scripts/build.ts).
endWithOutput()
const context = processContext()
const args = process.argv.slice(2)
const program = bareProgram(context)
const stack = program.command('stack')
stackCheckCommand(stack, context)
stackConfigCommand(stack, context)
stackRenderCommand(stack, context)
void program
  .parseAsync(args, { from: 'user' })
  .then(() => EXIT.ok)
  .catch((error: unknown) => exitOf(error, args, context.terminal))
  .then((code) => {
    process.exitCode = code
  })
