import { readFileSync } from 'node:fs'
import { CommanderError } from 'commander'
import { EXIT, type ExitCode } from '../wire/exit-code.ts'
import { runAgent } from './agent.ts'
import type { Context } from './context.ts'
import { CONTROLLER } from './controller.ts'
import { runDaemon } from './daemon.ts'
import { EDGE } from './edge.ts'
import { asFailure, type Failure } from './failure.ts'
import { homeportProgram } from './program.ts'
import { SOCKET_WAIT } from './socket-wait.ts'
import { processTerminal, type Terminal } from './terminal.ts'

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
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage
    const failure = asFailure(error)
    context.terminal.err(failureText(failure, args.includes('--json'), context.terminal))
    return failure.exitCode
  }
}

/** What the process itself gives. */
export function processContext(): Context {
  const stop = new AbortController()
  return {
    env: process.env,
    terminal: processTerminal(),
    now: Date.now,
    readFile: (path) => readFileSync(path, 'utf8'),
    socketWait: SOCKET_WAIT,
    get stop() {
      // Only who asks for it takes Ctrl-C over.
      process.once('SIGINT', () => stop.abort())
      return stop.signal
    },
  }
}

function failureText({ report, exitCode }: Failure, asJson: boolean, { paint }: Terminal): string {
  if (asJson) return `${JSON.stringify(report)}\n`
  const { code, detail, remedy } = report
  const explain = exitCode === EXIT.usage || code === 'internal' ? '' : `\nNext: homeport explain ${code}\n`
  return `${paint('red', 'error')} ${code}: ${detail}\n${remedy ? `${remedy}\n` : ''}${explain}`
}
