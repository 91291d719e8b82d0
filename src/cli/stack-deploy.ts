import type { Command } from 'commander'
import type { LiveObject } from '../core/stack/deploy/live-object.ts'
import type { KubernetesObject } from '../core/stack/objects/object.ts'
import type { Done } from '../stack/carry-out.ts'
import type { Deployed } from '../stack/deploy.ts'
import type { Plan, Step } from '../stack/plan.ts'
import type { StackCluster } from '../stack/stack-cluster.ts'
import { asksACluster, type ClusterOptions, type StackVerbs, withCluster } from './cluster-options.ts'
import { type Context, hint, printJson } from './context.ts'
import { parseDuration } from './duration.ts'
import { usageFailure } from './failure.ts'
import { LiveLine } from './live-line.ts'
import { type RenderOptions, rendersAStack } from './stack-render-options.ts'
import { renderObjects } from './stack-rendering.ts'
import { awaitStack } from './stack-wait.ts'
import type { Style } from './terminal.ts'
import { plain } from './terminal.ts'
import { whoWeAre } from './who.ts'

export interface DeployOptions extends RenderOptions, ClusterOptions {
  readonly prune?: true
  readonly volumes?: true
  readonly forceConflicts?: true
  readonly dryRun?: true
  readonly wait?: true
  readonly timeout: string
}

const EXAMPLES = `
What others hold is not taken from them: a field that somebody else set, an object that somebody else made. They
are named, and nothing is changed, unless --force-conflicts takes them over.

What the stack no longer has stays, unless --prune deletes it. Volumes stay even then, unless --volumes says otherwise.

Examples:
  homeport stack deploy -c stack.yml shop
  homeport stack deploy -c stack.yml shop --prune --wait --timeout 10m
  homeport stack deploy -c stack.yml shop --dry-run
`

/** `homeport stack deploy`: makes the cluster run a stack. */
export function stackDeployCommand(stack: Command, context: Context): void {
  prunesToo(asksACluster(rendersAStack(stack.command('deploy'))))
    .option('--force-conflicts', 'take over what others hold')
    .option('--dry-run', 'print what would be done; the API server checks it, and nothing is changed')
    .option('--wait', 'wait until all of it runs, or say why it does not')
    .option('--timeout <time>', 'how long to wait: 90s, 5m', '5m')
    .summary('deploy a stack into a cluster, or bring it up to date')
    .description('Make the cluster run a stack: what is missing is made, what is otherwise is changed.')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: DeployOptions) => deployStack(name, options, context))
}

/** Gives a command the options that say what of the old goes. */
export function prunesToo(command: Command): Command {
  return command
    .option('--prune', 'delete what the stack no longer has')
    .option('--volumes', 'with --prune: its volumes too, with all that is in them')
}

async function deployStack(name: string, options: DeployOptions, context: Context): Promise<void> {
  const timeout = parseDuration(options.timeout)
  if (timeout === undefined)
    throw usageFailure(`--timeout is ${JSON.stringify(options.timeout)}`, 'Write 90s or 5m.')
  if (options.volumes && !options.prune) throw usageFailure('--volumes goes with --prune')
  const objects = renderObjects(name, options, context)
  await withCluster(
    options,
    async (cluster, verbs) => {
      if (options.dryRun) return await pretend(cluster, verbs, objects, options, context)
      await doIt(cluster, verbs, objects, { ...options, timeout: String(timeout) }, context)
    },
    context.stop,
  )
}

async function doIt(
  cluster: StackCluster,
  verbs: StackVerbs,
  objects: readonly KubernetesObject[],
  options: DeployOptions,
  context: Context,
): Promise<void> {
  const line = new LiveLine(context.terminal)
  const told = (one: Done) => {
    line.clear()
    if (!options.json && one.action !== 'unchanged') printDone(one, context)
  }
  const stack = namespaceOf(objects)
  const work = verbs.deploy(cluster, objects, {
    prune: options.prune === true,
    volumes: options.volumes === true,
    force: options.forceConflicts === true,
    identity: whoWeAre(),
    onDone: told,
  })
  const deployed = await line.during(`deploying ${stack}`, work)
  if (options.json) printJson(context, { stack, ...deployedJson(deployed) })
  else context.terminal.out(`${stack}: ${summary(deployed.done)}\n`)
  tellWarnings(deployed.warnings, context)
  tellLeft(deployed.left, context)
  if (options.wait)
    await awaitStack(cluster, verbs, objects, { stack, timeout: Number(options.timeout) }, context)
  if (!options.json) hint(context, `homeport stack ps ${stack}`)
}

async function pretend(
  cluster: StackCluster,
  verbs: StackVerbs,
  objects: readonly KubernetesObject[],
  options: DeployOptions,
  context: Context,
): Promise<void> {
  const plan = await verbs.makePlan(cluster, objects, { force: options.forceConflicts === true })
  const removing = verbs.pruned(plan, { prune: options.prune === true, volumes: options.volumes === true })
  const done = [
    ...plan.steps.map((step): Done => ({ ...named(step), action: FUTURE[step.action] })),
    ...[...plan.surplus.replaced, ...removing].map(
      ({ kind, name }): Done => ({ kind, name, action: 'removed' }),
    ),
  ]
  const left = verbs.leftOver(plan, removing)
  if (options.json)
    printJson(context, {
      stack: plan.stack,
      dryRun: true,
      ...deployedJson({ done, left, warnings: plan.warnings }),
    })
  else {
    for (const one of done) printDone(one, context)
    context.terminal.out(`${plan.stack}, nothing was done: ${summary(done)}\n`)
  }
  if (!plan.hasNamespace) tellUnchecked(plan, context)
  tellWarnings(plan.warnings, context)
  tellLeft(left, context)
}

const FUTURE = { create: 'created', change: 'changed', recreate: 'recreated', keep: 'unchanged' } as const

function named({ object }: Step) {
  return { kind: object.kind, name: object.metadata.name }
}

/** Where the namespace is not there, the API server has nothing to say of what would lie in it. */
export function tellUnchecked({ stack }: Plan, { terminal }: Context): void {
  terminal.err(`The API server could not check it: there is no namespace ${stack} yet.\n`)
}

const STYLES: Readonly<Record<Done['action'], Style | undefined>> = {
  created: 'green',
  changed: 'yellow',
  recreated: 'yellow',
  removed: 'red',
  unchanged: undefined,
}

function printDone({ kind, name, action }: Done, { terminal }: Context): void {
  const style = STYLES[action]
  const word = action.padEnd(9)
  terminal.out(`${style ? terminal.paint(style, word) : word}  ${kind}/${plain(name)}\n`)
}

function deployedJson({ done, left, warnings }: Deployed) {
  return { objects: done, left: left.map(({ kind, name }) => ({ kind, name })), warnings }
}

/** `3 created, 1 changed, 14 unchanged` */
function summary(done: readonly Done[]): string {
  const counts = Map.groupBy(done, ({ action }) => action)
  const parts = (['created', 'changed', 'recreated', 'removed', 'unchanged'] as const).flatMap((action) => {
    const count = counts.get(action)?.length ?? 0
    return count > 0 ? [`${count} ${action}`] : []
  })
  return parts.join(', ') || 'nothing to do'
}

function tellWarnings(warnings: readonly string[], { terminal }: Context): void {
  for (const warning of warnings) terminal.err(`${terminal.paint('yellow', 'warning')}: ${plain(warning)}\n`)
}

/** What a prune would delete, and what not even that would. */
export function tellLeft(left: readonly LiveObject[], context: Context): void {
  if (left.length === 0) return
  const isVolume = ({ kind }: LiveObject) => kind.startsWith('PersistentVolume')
  const tell = (objects: readonly LiveObject[], option: string) => {
    if (objects.length === 0) return
    const names = objects.map(({ kind, name }) => `${kind}/${plain(name)}`).join(', ')
    context.terminal.err(`No longer in the stack, and left: ${names} (${option} deletes them)\n`)
  }
  tell(
    left.filter((object) => !isVolume(object)),
    '--prune',
  )
  tell(left.filter(isVolume), '--prune --volumes')
}

function namespaceOf(objects: readonly KubernetesObject[]): string {
  return objects.find(({ kind }) => kind === 'Namespace')?.metadata.name ?? ''
}
