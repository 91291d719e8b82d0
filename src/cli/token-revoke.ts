import type { Command } from 'commander'
import { TokenRevoked } from '../wire/token.ts'
import { closingText } from './closing.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { usageFailure } from './failure.ts'

interface RevokeOptions extends ReadingOptions {
  readonly release?: true
}

const EXAMPLES = `
What they claimed stays until its lease and its hold are over, so that no traffic is cut; --release releases
it at once. That may be done later too, with the same ids.

Examples:
  homeport token revoke k3j9x2ab
  homeport token revoke k3j9x2ab --release
`

/** `homeport token revoke`. */
export function tokenRevokeCommand(token: Command, context: Context): void {
  asksAnEdge(
    token
      .command('revoke')
      .summary('revoke tokens')
      .option('--release', 'release what they claimed too, and wait until its ports are closed'),
  )
    .description('Revoke tokens: whoever has them is refused from now on.')
    .argument('<id...>', 'the ids of the tokens, as homeport token list shows them')
    .addHelpText('after', EXAMPLES)
    .action(async (ids: string[], options: RevokeOptions) => {
      for (const id of ids) checkId(id)
      const release = options.release === true
      const tokens = await ask(context, options, async (edge) => {
        const answers: TokenRevoked[] = []
        for (const id of ids) {
          answers.push(await edge.deleteTelling(`/v1/tokens/${id}?release=${release}`, TokenRevoked))
        }
        return answers
      })
      if (options.json) return printJson(context, { revoked: ids, tokens })
      const claims = tokens.reduce((sum, answer) => sum + answer.claims, 0)
      const closing = closingText(tokens.flatMap((answer) => answer.closing))
      context.terminal.out(`Revoked ${ids.join(', ')}.\n${claimsText(claims, release)}${closing}`)
      const left = release ? [] : tokens.filter((answer) => answer.documents > 0).map(({ id }) => id)
      hint(
        context,
        left.length > 0 ? `homeport token revoke ${left.join(' ')} --release` : 'homeport token list',
      )
    })
}

function checkId(id: string): void {
  if (/^[a-z0-9]{8,32}$/.test(id)) return
  throw usageFailure('that is not the id of a token', 'homeport token list shows them, in its first column')
}

function claimsText(count: number, released: boolean): string {
  if (count === 0) return ''
  const claims = count === 1 ? '1 claim' : `${count} claims`
  if (released) return `Released ${claims}.\n`
  return `${claims} ${count === 1 ? 'stays' : 'stay'} until lease and hold are over.\n`
}
