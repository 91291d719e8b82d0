import type { Command } from 'commander'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { usageFailure } from './failure.ts'

/** `homeport token revoke`. */
export function tokenRevokeCommand(token: Command, context: Context): void {
  asksAnEdge(token.command('revoke').summary('revoke tokens'))
    .description(
      'Revoke tokens: whoever has them is refused from now on. What they claimed lapses by itself.',
    )
    .argument('<id...>', 'the ids of the tokens, as homeport token list shows them')
    .addHelpText('after', '\nExample:\n  homeport token revoke k3j9x2ab\n')
    .action(async (ids: string[], options: ReadingOptions) => {
      for (const id of ids) {
        if (!/^[a-z0-9]{8,32}$/.test(id)) {
          throw usageFailure(
            'that is not the id of a token',
            'homeport token list shows them, in its first column',
          )
        }
      }
      await ask(context, options, async (edge) => {
        for (const id of ids) await edge.delete(`/v1/tokens/${id}`)
      })
      if (options.json) return printJson(context, { revoked: ids })
      context.terminal.out(`Revoked ${ids.join(', ')}.\n`)
      hint(context, 'homeport token list')
    })
}
