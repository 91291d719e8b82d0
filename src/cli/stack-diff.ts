import type { Command } from 'commander'
import type { Difference } from '../stack/diff.ts'
import { EXIT } from '../wire/exit-code.ts'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { asFailure, Ending, Failure } from './failure.ts'
import { prunesToo, tellLeft, tellUnchecked } from './stack-deploy.ts'
import { type RenderOptions, rendersAStack } from './stack-render-options.ts'
import { renderObjects } from './stack-rendering.ts'
import { plain, type Terminal } from './terminal.ts'

interface DiffOptions extends RenderOptions, ClusterOptions {
  readonly prune?: true
  readonly volumes?: true
  readonly forceConflicts?: true
}

const EXAMPLES = `
Exit codes: 0 nothing would change, 1 something would, 2 and above a failure.

Examples:
  homeport stack diff -c stack.yml shop
  homeport stack diff -c stack.yml shop --prune --json
`

/** `homeport stack diff`: what deploying a stack would change. */
export function stackDiffCommand(stack: Command, context: Context): void {
  prunesToo(asksACluster(rendersAStack(stack.command('diff'))))
    .option('--force-conflicts', 'as if deploy were to take over what others hold')
    .summary('print what deploying a stack would change')
    .description(
      'Compare what the cluster has of a stack with what deploy would make of it. What others put there is not shown; of secrets, which entries change.',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, options: DiffOptions) => {
      if (await isDifferent(name, options, context)) throw new Ending(EXIT.fault)
    })
}

async function isDifferent(name: string, options: DiffOptions, context: Context): Promise<boolean> {
  try {
    return await compare(name, options, context)
  } catch (error) {
    const { report, exitCode } = asFailure(error)
    // 1 says that there are differences, and nothing else.
    throw new Failure(report, exitCode === EXIT.fault ? EXIT.unreachable : exitCode)
  }
}

async function compare(name: string, options: DiffOptions, context: Context): Promise<boolean> {
  const objects = renderObjects(name, options, context)
  return await withCluster(options, async (cluster, verbs) => {
    const plan = await verbs.makePlan(cluster, objects, { force: options.forceConflicts === true })
    const removing = verbs.pruned(plan, { prune: options.prune === true, volumes: options.volumes === true })
    const found = verbs.differences(plan, removing)
    if (options.json) printJson(context, { stack: plan.stack, differences: found.map(differenceJson) })
    else for (const one of found) context.terminal.out(differenceText(one, context.terminal))
    if (!plan.hasNamespace) tellUnchecked(plan, context)
    tellLeft(verbs.leftOver(plan, removing), context)
    if (found.length > 0 && !options.json) hint(context, `homeport stack deploy ... ${name}`)
    return found.length > 0
  })
}

function differenceJson({ kind, name, change, lines }: Difference) {
  return { kind, name, change, diff: lines.join('\n') }
}

function differenceText({ kind, name, change, lines }: Difference, terminal: Terminal): string {
  const title = `${kind}/${plain(name)}`
  const old = change === 'create' ? '/dev/null' : `cluster/${title}`
  const fresh = change === 'remove' ? '/dev/null' : `stack/${title}`
  return [`--- ${old}`, `+++ ${fresh}`, ...lines].map((line) => `${painted(line, terminal)}\n`).join('')
}

function painted(line: string, { paint }: Terminal): string {
  const text = plain(line)
  if (text.startsWith('---') || text.startsWith('+++')) return paint('bold', text)
  return text.startsWith('-') ? paint('red', text) : text.startsWith('+') ? paint('green', text) : text
}
