import type { Command } from 'commander'
import type { PodReport } from '../stack/views.ts'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { formatSeconds } from './duration.ts'
import { withProgress } from './progress.ts'
import { type Row, tableText } from './table.ts'
import { plain } from './terminal.ts'

/** `homeport stack ps`: the pods of a stack. */
export function stackPsCommand(stack: Command, context: Context): void {
  asksACluster(stack.command('ps'))
    .argument('<name>', "the stack's name")
    .summary('list the pods of a stack, and why they do not run')
    .description(
      'The pods of a stack: where they run, in which state they are and since when, and what is wrong.',
    )
    .addHelpText('after', '\nExamples:\n  homeport stack ps shop\n  homeport stack ps shop --json\n')
    .action(async (name: string, options: ClusterOptions) => {
      const { terminal } = context
      const reports = await withProgress(
        terminal,
        'asking the cluster',
        withCluster(options, (cluster, verbs) => verbs.podsOf(cluster, name)),
      )
      if (options.json) return printJson(context, reports)
      const headers = ['NAME', 'IMAGE', 'NODE', 'DESIRED STATE', 'CURRENT STATE', 'ERROR']
      const rows = reports.map((report) => rowOf(report, context.now()))
      terminal.out(tableText(headers, rows, terminal))
      const broken = reports.find(({ error }) => error !== '')
      hint(context, `homeport stack logs ${name}${broken ? ` ${broken.service}` : ''}`)
    })
}

function rowOf({ name, image, node, desired, state, since, error }: PodReport, now: number): Row {
  const age = (now - Date.parse(since)) / 1000
  const ago = Number.isNaN(age) ? '' : ` ${formatSeconds(age)} ago`
  const style = error === '' ? (state === 'Running' || state === 'Complete' ? 'green' : 'yellow') : 'red'
  return [name, image, node, desired, { text: plain(`${state}${ago}`), style }, error]
}
