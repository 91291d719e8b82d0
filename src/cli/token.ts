import type { Command } from 'commander'
import type { Context } from './context.ts'
import { tokenCreateCommand } from './token-create.ts'
import { tokenListCommand } from './token-list.ts'
import { tokenRevokeCommand } from './token-revoke.ts'

/** `homeport token`: who may claim what. */
export function tokenCommand(program: Command, context: Context): void {
  const token = program
    .command('token')
    .helpCommand(false)
    .summary('make, list and revoke tokens')
    .description('Tokens say who may claim what. A change is effective at once.')
  tokenCreateCommand(token, context)
  tokenListCommand(token, context)
  tokenRevokeCommand(token, context)
}
