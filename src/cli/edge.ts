import type { Command } from 'commander'
import type { Context } from './context.ts'
import { usageFailure } from './failure.ts'

/** `homeport edge`, for the list of commands and the completion: `runEdge` does the work. */
export function edgeCommand(program: Command): void {
  program
    .command('edge')
    .summary('run the edge: the daemon beside HAProxy')
    .description('Run the edge: answer the phones, and keep HAProxy as they ask. See docs/configuration.md.')
    .usage('[--config FILE] [--SETTING VALUE]...')
    .allowUnknownOption()
    .allowExcessArguments()
}

/**
 * Runs the edge until it is told to stop. Its flags are its settings' own, so they are read here and judged there.
 */
export async function runEdge(args: readonly string[], context: Context): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return printHelp(context)
  const flags = readFlags(args)
  const { main } = await import('../edge/main.ts')
  await main(flags, context.env)
}

async function printHelp({ terminal }: Context): Promise<void> {
  const { settingList } = await import('../edge/config/setting-list.ts')
  const rows = settingList().map(({ flag, about, form, initial }) => {
    const fallback = initial === undefined ? '' : ` Default: ${initial}.`
    return `  --${flag}\n      ${about} Takes ${form}.${fallback}\n`
  })
  terminal.out(
    [
      'Usage: homeport edge [--config FILE] [--SETTING VALUE]...\n\n',
      'Runs the edge: answers the phones, and keeps HAProxy as they ask.\n',
      'A flag wins over its environment variable (HOMEPORT_EDGE_...), and that over the file.\n',
      'docs/configuration.md tells more.\n\n',
      '  --config\n      The file with the settings. Default: /etc/homeport/edge.yaml.\n',
      ...rows,
      '\nExample:\n  homeport edge --config ./edge.yaml --log-level debug\n',
    ].join(''),
  )
}

/** `--name value` and `--name=value`. */
export function readFlags(args: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {}
  for (let index = 0; index < args.length; index++) {
    const [, name, inline] = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(args[index] ?? '') ?? []
    if (name === undefined)
      throw usageFailure('flags have the form --name value', 'homeport edge --help lists them.')
    const value = inline ?? args[++index]
    if (value === undefined)
      throw usageFailure(`--${name} needs a value`, 'homeport edge --help lists the flags.')
    flags[name] = value
  }
  return flags
}
