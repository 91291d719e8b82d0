import type { Command } from 'commander'
import { agentCommand } from './agent.ts'
import { bareProgram } from './bare-program.ts'
import { claimsCommand } from './claims.ts'
import { completionCommand } from './completion.ts'
import type { Context } from './context.ts'
import { CONTROLLER } from './controller.ts'
import { daemonCommand } from './daemon.ts'
import { EDGE } from './edge.ts'
import { eventsCommand } from './events.ts'
import { explainCommand } from './explain.ts'
import { routesCommand } from './routes.ts'
import { stackCommand } from './stack.ts'
import { statusCommand } from './status.ts'
import { tokenCommand } from './token.ts'

const AFTER = `
Commands that ask an edge talk to the one on this machine, by its socket; with
--edge URL and the token in HOMEPORT_TOKEN to any other.

Exit codes: 0 done, 1 fault, 2 usage, 3 refused for good, 4 unreachable or refused for now.

Examples:
  homeport token create mosquitto --cluster home --port 8443
  homeport routes
  homeport explain port-taken
`

/** The whole tree of commands. */
export function homeportProgram(context: Context): Command {
  const program = bareProgram(context).addHelpText('after', AFTER)
  daemonCommand(program, EDGE)
  daemonCommand(program, CONTROLLER)
  agentCommand(program)
  tokenCommand(program, context)
  routesCommand(program, context)
  claimsCommand(program, context)
  statusCommand(program, context)
  eventsCommand(program, context)
  stackCommand(program, context)
  explainCommand(program, context)
  completionCommand(program, context)
  return program
}
