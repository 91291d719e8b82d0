import type { Command } from 'commander'
import Type from 'typebox'
import { RouteView } from '../wire/views.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { stateCell } from './styles.ts'
import { type Row, tableText } from './table.ts'

/** `homeport routes`: the frontend ports, with their backends. */
export function routesCommand(program: Command, context: Context): void {
  asksAnEdge(program.command('routes').summary('the frontend ports and where they lead'))
    .description('The frontend ports that the edge serves, each with its backends and their health.')
    .addHelpText('after', '\nExamples:\n  homeport routes\n  homeport routes --json | jq .[].port\n')
    .action(async (options: ReadingOptions) => {
      const routes = await ask(context, options, (edge) => edge.get('/v1/routes', Type.Array(RouteView)))
      if (options.json) return printJson(context, routes)
      if (routes.length === 0) {
        context.terminal.out('No port is claimed yet.\n')
        return hint(context, 'homeport token create NAME, and give the token to a phone (docs/agent.md)')
      }
      const headers = ['PORT', 'STATE', 'OWNER', 'BACKEND', 'HEALTH', 'SESSIONS', 'WHY']
      context.terminal.out(tableText(headers, routes.flatMap(rowsOf), context.terminal))
      const refused = routes.find(({ state }) => state === 'refused')
      hint(
        context,
        refused?.code ? `homeport explain ${refused.code}` : 'homeport events, to see what changes',
      )
    })
}

/** A line for each backend; what belongs to the port stands in the first. */
function rowsOf({ port, protocol, state, owner, code, detail, backends }: RouteView): Row[] {
  const about = [`${protocol}/${port}`, stateCell(state), owner]
  const why = [code, detail].filter(Boolean).join(': ')
  if (backends.length === 0) return [[...about, '', '', '', why]]
  return backends.map(({ address, port: backendPort, health, reason, sessions, stale }, index) => {
    const name = address.includes(':') ? `[${address}]:${backendPort}` : `${address}:${backendPort}`
    const word = stale ? `${health}, stale` : health
    return [
      ...(index === 0 ? about : ['', '', '']),
      name,
      stateCell(word, stale ? 'stale' : health),
      String(sessions),
      [index === 0 ? why : '', reason].filter(Boolean).join('; '),
    ]
  })
}
