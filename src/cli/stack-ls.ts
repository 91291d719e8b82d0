import type { Command } from 'commander'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { withProgress } from './progress.ts'
import { tableText } from './table.ts'

/** `homeport stack ls`: the stacks of a cluster. */
export function stackLsCommand(stack: Command, context: Context): void {
  asksACluster(stack.command('ls'))
    .summary('list the stacks of a cluster')
    .description('The stacks that were deployed into a cluster, and how many services each has.')
    .addHelpText('after', '\nExamples:\n  homeport stack ls\n  homeport stack ls --context staging --json\n')
    .action(async (options: ClusterOptions) => {
      const { terminal } = context
      const views = await withProgress(
        terminal,
        'asking the cluster',
        withCluster(options, (cluster, verbs) => verbs.stackViews(cluster)),
      )
      if (options.json) return printJson(context, views)
      const rows = views.map(({ name, services }) => [name, String(services)])
      terminal.out(tableText(['NAME', 'SERVICES'], rows, terminal))
      const [first] = views
      hint(
        context,
        first ? `homeport stack services ${first.name}` : 'homeport stack deploy -c stack.yml NAME',
      )
    })
}
