import type { Command } from 'commander'
import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import type { Removed } from '../stack/remove.ts'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { parseDuration } from './duration.ts'
import { usageFailure } from './failure.ts'
import { LiveLine } from './live-line.ts'
import { plain } from './terminal.ts'
import { whoWeAre } from './who.ts'

interface RmOptions extends ClusterOptions {
  readonly volumes?: true
  readonly timeout: string
}

const EXAMPLES = `
As docker stack rm, it does not ask. Volumes stay, with what is in them, unless --volumes is given; then the
namespace stays, too, as it does when somebody else made it or has something in it.

Examples:
  homeport stack rm shop
  homeport stack rm shop --volumes
`

/** `homeport stack rm`: takes a stack away. */
export function stackRmCommand(stack: Command, context: Context): void {
  asksACluster(stack.command('rm'))
    .argument('<name>', "the stack's name")
    .option('--volumes', 'delete its volumes too, with all that is in them')
    .option('--timeout <time>', 'how long to wait until all is gone: 90s, 5m', '2m')
    .summary('remove a stack from a cluster')
    .description('Delete what deploy has made of a stack, and wait until it is gone.')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: RmOptions) => removeStack(name, options, context))
}

async function removeStack(name: string, options: RmOptions, context: Context): Promise<void> {
  const timeout = parseDuration(options.timeout)
  if (timeout === undefined)
    throw usageFailure(`--timeout is ${JSON.stringify(options.timeout)}`, 'Write 90s or 5m.')
  const line = new LiveLine(context.terminal)
  const removed = await withCluster(
    options,
    (cluster, verbs) =>
      verbs.remove(cluster, name, {
        volumes: options.volumes === true,
        timeout,
        identity: whoWeAre(),
        onProgress: (left) => line.show(`waiting for ${left.join(', ')}`),
      }),
    context.stop,
  ).finally(() => line.clear())
  if (options.json) return printJson(context, removedJson(name, removed))
  for (const { kind, name: of } of removed.removed) context.terminal.out(`removed    ${kind}/${plain(of)}\n`)
  tellKept(name, removed, context)
}

function removedJson(stack: string, { removed, volumes, namespaceStays }: Removed) {
  const named = ({ kind, name }: LiveObject) => ({ kind, name })
  return {
    stack,
    removed: removed.map(named),
    volumes: volumes.map(named),
    namespaceStays: namespaceStays ?? null,
  }
}

function tellKept(stack: string, { volumes, namespaceStays }: Removed, context: Context): void {
  const { terminal } = context
  if (namespaceStays !== undefined) terminal.err(`The namespace ${stack} stays: ${plain(namespaceStays)}.\n`)
  if (volumes.length === 0) return
  terminal.err(`Volumes stay: ${volumes.map(({ kind, name }) => `${kind}/${plain(name)}`).join(', ')}\n`)
  hint(context, `homeport stack rm ${stack} --volumes deletes them too, with all that is in them`)
}
