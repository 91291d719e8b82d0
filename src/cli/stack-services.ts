import type { Command } from 'commander'
import type { ServiceView } from '../core/stack/deploy/overview.ts'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { withProgress } from './progress.ts'
import { type Row, tableText } from './table.ts'

/** `homeport stack services`: the services of a stack. */
export function stackServicesCommand(stack: Command, context: Context): void {
  asksACluster(stack.command('services'))
    .argument('<name>', "the stack's name")
    .summary('list the services of a stack')
    .description(
      'The services of a stack: how many of their pods are ready, and what they publish on the edge.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  homeport stack services shop\n  homeport stack services shop --json\n',
    )
    .action(async (name: string, options: ClusterOptions) => {
      const { terminal } = context
      const views = await withProgress(
        terminal,
        'asking the cluster',
        withCluster(options, (cluster, verbs) => verbs.servicesOf(cluster, name)),
      )
      if (options.json) return printJson(context, views)
      terminal.out(tableText(['NAME', 'MODE', 'REPLICAS', 'IMAGE', 'PORTS'], views.map(rowOf), terminal))
      hint(context, `homeport stack ps ${name}`)
    })
}

function rowOf({ name, mode, running, wanted, image, ports }: ServiceView): Row {
  const style = running < wanted ? 'yellow' : 'green'
  return [name, mode, { text: `${running}/${wanted}`, style }, image, ports.join(', ')]
}
