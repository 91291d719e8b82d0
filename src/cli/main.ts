import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { runAgent } from './agent.ts'
import type { Context } from './context.ts'
import { CONTROLLER } from './controller.ts'
import { runDaemon } from './daemon.ts'
import { EDGE } from './edge.ts'
import { exitOf } from './exit-of.ts'
import { homeportProgram } from './program.ts'

/** Runs `homeport` with these arguments; resolves with the exit code. */
export async function main(args: readonly string[], context: Context): Promise<ExitCode> {
  const [command, ...rest] = args
  try {
    // They have flags of their own, which the list of commands does not know.
    if (command === 'agent') return await runAgent(rest, context)
    const daemon = [EDGE, CONTROLLER].find(({ name }) => name === command)
    if (daemon) await runDaemon(daemon, rest, context)
    else await homeportProgram(context).parseAsync(args, { from: 'user' })
    return EXIT.ok
  } catch (error) {
    return exitOf(error, args, context.terminal)
  }
}
