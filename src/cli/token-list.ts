import type { Command } from 'commander'
import Type from 'typebox'
import { type Scope, TokenView } from '../wire/token.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { tableText } from './table.ts'

/** `homeport token list`. */
export function tokenListCommand(token: Command, context: Context): void {
  asksAnEdge(token.command('list').summary('list the tokens'))
    .description('The tokens, what each opens, and when it was last used. Never the tokens themselves.')
    .addHelpText('after', '\nExamples:\n  homeport token list\n  homeport token list --json\n')
    .action(async (options: ReadingOptions) => {
      const tokens = await ask(context, options, (edge) => edge.get('/v1/tokens', Type.Array(TokenView)))
      if (options.json) return printJson(context, tokens)
      if (tokens.length === 0) context.terminal.out('There is no token yet.\n')
      else {
        const rows = tokens.map(({ id, name, scope, expires, lastUsed }) => [
          id,
          name,
          scope.role,
          scopeText(scope),
          expires?.slice(0, 10) ?? 'never',
          lastUsed?.slice(0, 16).replace('T', ' ') ?? '',
        ])
        const headers = ['ID', 'NAME', 'ROLE', 'OPENS', 'EXPIRES', 'LAST USED']
        context.terminal.out(tableText(headers, rows, context.terminal))
      }
      hint(context, tokens.length === 0 ? 'homeport token create NAME' : 'homeport token revoke ID')
    })
}

function scopeText({ clusters, namespaces, ports, protocols, backends }: Scope): string {
  const limits = Object.entries({ clusters, namespaces, ports, protocols, backends })
  const words = limits.flatMap(([name, values]) => (values ? [`${name} ${values.join(',')}`] : []))
  return words.join('; ') || 'everything'
}
