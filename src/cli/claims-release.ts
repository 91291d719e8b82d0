import type { Command } from 'commander'
import { Check } from 'typebox/value'
import { ClusterName, PhoneName } from '../wire/names.ts'
import { closingText } from './closing.ts'
import { ask, asksAnEdge, type Context, hint, printJson, type ReadingOptions } from './context.ts'
import { Failure, usageFailure } from './failure.ts'

const EXAMPLES = `
On the edge itself this releases any phone's claims; with --edge, what the token itself has claimed. A phone
that still calls claims again with its next call: stop it first, or revoke its token.

Examples:
  homeport claims release home/mosquitto-7c9f
  homeport claims release home/mosquitto-7c9f --json
`

const SHOWN = 'homeport claims shows them, in the column PHONE.'

/** `homeport claims release`: what one phone claims, released by hand. */
export function claimsReleaseCommand(claims: Command, context: Context): void {
  asksAnEdge(claims.command('release').summary('release what a phone claims'))
    .description('Release every claim of one phone, and wait until its ports are closed.')
    .argument('<cluster/phone>', 'the phone, as homeport claims shows it')
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, _: unknown, command: Command) => {
      // The command above has the same options, and takes them wherever they stand.
      const options: ReadingOptions = command.optsWithGlobals()
      const { cluster, phone } = readName(name)
      const { closing } = await ask(context, options, (edge) => {
        const done = edge.release(`/v1/clusters/${cluster}/phones/${phone}`)
        return done.catch((error) => Promise.reject(whereToLook(error)))
      })
      if (options.json) return printJson(context, { released: name, closing })
      context.terminal.out(`Released the claims of ${name}.\n${closingText(closing)}`)
      hint(context, 'homeport claims')
    })
}

/** The remedy of the table is a phone's: to send its document. */
function whereToLook(error: unknown): unknown {
  if (!(error instanceof Failure) || error.report.code !== 'document-unknown') return error
  return new Failure({ ...error.report, remedy: SHOWN }, error.exitCode)
}

function readName(name: string): { readonly cluster: string; readonly phone: string } {
  const [cluster, phone, ...more] = name.split('/')
  if (more.length === 0 && Check(ClusterName, cluster) && Check(PhoneName, phone)) return { cluster, phone }
  throw usageFailure(`${JSON.stringify(name)} is no CLUSTER/PHONE`, SHOWN)
}
