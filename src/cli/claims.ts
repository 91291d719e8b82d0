import type { Command } from 'commander'
import Type from 'typebox'
import { ClaimView } from '../wire/views.ts'
import { claimsReleaseCommand } from './claims-release.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { formatSeconds } from './duration.ts'
import { stateCell } from './styles.ts'
import { type Row, tableText } from './table.ts'

/** `homeport claims`: what the phones ask for, and what became of it. */
export function claimsCommand(program: Command, context: Context): void {
  const claims = asksAnEdge(program.command('claims').summary('what the phones claim, and until when'))
    .helpCommand(false)
    .description('Every claim as its phone made it, with what became of it and when it lapses.')
    .addHelpText('after', '\nExamples:\n  homeport claims\n  homeport claims --json\n')
    .action(async (options: ReadingOptions) => {
      const claims = await ask(context, options, (edge) => edge.get('/v1/claims', Type.Array(ClaimView)))
      if (options.json) return printJson(context, claims)
      if (claims.length === 0) {
        context.terminal.out('No phone has called yet.\n')
        return hint(context, 'homeport token create NAME, and give the token to a phone (docs/agent.md)')
      }
      const headers = ['PORT', 'STATE', 'OWNER', 'PHONE', 'LAPSES IN', 'WHY']
      context.terminal.out(tableText(headers, claims.map(rowOf), context.terminal))
      const refused = claims.find(({ state }) => state === 'refused')
      hint(context, refused?.code ? `homeport explain ${refused.code}` : 'homeport routes')
    })
  claimsReleaseCommand(claims, context)
}

function rowOf({ cluster, phone, owner, port, protocol, state, code, detail, lapsesIn }: ClaimView): Row {
  return [
    port === undefined ? '?' : `${protocol ?? 'tcp'}/${port}`,
    stateCell(state),
    owner ?? '?',
    `${cluster}/${phone}`,
    lapsesIn === undefined ? '' : formatSeconds(lapsesIn),
    [code, detail].filter(Boolean).join(': '),
  ]
}
