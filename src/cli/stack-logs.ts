import { stripVTControlCharacters } from 'node:util'
import type { Command } from 'commander'
import type { LogLine, LogQuery } from '../stack/follow-logs.ts'
import { StackFailed } from '../stack/stack-failed.ts'
import { asksACluster, type ClusterOptions, withCluster } from './cluster-options.ts'
import type { Context } from './context.ts'
import { parseDuration } from './duration.ts'
import { usageFailure } from './failure.ts'
import { withProgress } from './progress.ts'
import { plain, type Style, type Terminal } from './terminal.ts'

interface LogsOptions extends ClusterOptions {
  readonly follow?: true
  readonly since?: string
  readonly tail?: string
}

const EXAMPLES = `
Examples:
  homeport stack logs shop
  homeport stack logs shop web -f --tail 20
  homeport stack logs shop --since 10m --json
`

/** `homeport stack logs`: what the pods of a stack say. */
export function stackLogsCommand(stack: Command, context: Context): void {
  asksACluster(stack.command('logs'))
    .argument('<name>', "the stack's name")
    .argument('[service]', 'one of its services; left out, all of them')
    .option('-f, --follow', 'go on with what they say from now on, also pods that come later')
    .option('--since <when>', 'only what was said since: 10m, or 2026-01-31T12:00:00Z')
    .option('--tail <lines>', 'only so many of the last lines of each pod')
    .summary('print what the pods of a stack say')
    .description('The logs of all pods of a stack, each line behind the names of its service and pod.')
    .addHelpText('after', EXAMPLES)
    .action((name: string, service: string | undefined, options: LogsOptions) =>
      printLogs(name, service, options, context),
    )
}

async function printLogs(
  name: string,
  service: string | undefined,
  options: LogsOptions,
  context: Context,
): Promise<void> {
  const query = { service, ...readQuery(options, context.now()) }
  const { terminal } = context
  const show = options.json ? jsonPrinter(terminal) : linePrinter(terminal)
  await withCluster(
    options,
    async (cluster, verbs) => {
      const services = await verbs.servicesOf(cluster, name)
      if (service !== undefined && !services.some((one) => one.name === service)) {
        const known = services.map((one) => one.name).join(', ')
        throw new StackFailed('stack-unknown', `${name} has no service ${service}: it has ${known}`)
      }
      if (options.follow) return await verbs.followLogs(cluster, name, query, show)
      const lines = await withProgress(terminal, 'reading logs', verbs.stackLogs(cluster, name, query))
      for (const line of lines) show(line)
    },
    options.follow ? context.stop : undefined,
  )
}

function readQuery({ since, tail }: LogsOptions, now: number): LogQuery {
  if (tail !== undefined && !/^\d{1,9}$/.test(tail) && tail !== 'all')
    throw usageFailure(`--tail is ${JSON.stringify(tail)}`, 'Write a number of lines.')
  return {
    tailLines: tail === undefined || tail === 'all' ? undefined : Number(tail),
    sinceSeconds: since === undefined ? undefined : readSince(since, now),
  }
}

/** Whole seconds, at least one: the API server takes no less. */
function readSince(text: string, now: number): number {
  const ago = parseDuration(text) ?? now - Date.parse(text)
  if (Number.isNaN(ago))
    throw usageFailure(`--since is ${JSON.stringify(text)}`, 'Write 10m, or 2026-01-31T12:00:00Z.')
  return Math.max(1, Math.ceil(ago / 1000))
}

function jsonPrinter({ out }: Terminal): (line: LogLine) => void {
  return (line) => out(`${JSON.stringify(line)}\n`)
}

const COLOURS: readonly Style[] = ['cyan', 'magenta', 'green', 'yellow', 'blue', 'red']

/** A colour for each service, in the order in which they speak. */
function linePrinter({ out, paint, columns }: Terminal): (line: LogLine) => void {
  const colours = new Map<string, Style>()
  // What programs say commands no terminal; a file gets it as it is.
  const shown = (text: string) => (columns === undefined ? text : plain(stripVTControlCharacters(text)))
  return ({ service, pod, text }) => {
    const style = colours.get(service) ?? COLOURS[colours.size % COLOURS.length] ?? 'bold'
    colours.set(service, style)
    out(`${paint(style, `${service}.${shortName(pod, service)} |`)} ${shown(text)}\n`)
  }
}

/** Behind the service's name only what tells its pods apart. */
function shortName(pod: string, service: string): string {
  return pod.startsWith(`${service}-`) ? pod.slice(service.length + 1) : pod
}
