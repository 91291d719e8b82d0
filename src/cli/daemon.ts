import type { Command } from 'commander'
import { settingList } from '../settings/setting-list.ts'
import { defaultFileOf, variableOf } from '../settings/setting-names.ts'
import type { SettingSheet } from '../settings/sheet.ts'
import type { Context } from './context.ts'
import { usageFailure } from './failure.ts'

/** A command whose flags are its settings' own, and which runs until it is told to stop. */
export interface Daemon {
  readonly name: 'edge' | 'controller'
  /** For the list of commands. */
  readonly summary: string
  readonly about: string
  /** The page that tells more. */
  readonly docs: string
  readonly example: string
  /** Loaded when it is needed: each daemon brings a world of its own. */
  readonly sheet: () => Promise<Pick<SettingSheet<unknown>, 'program' | 'read'>>
  readonly main: (flags: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv) => Promise<void>
}

/** For the list of commands and the completion: `runDaemon` does the work. */
export function daemonCommand(program: Command, { name, summary, about, docs }: Daemon): void {
  program
    .command(name)
    .summary(summary)
    .description(`${about} See ${docs}.`)
    .usage('[--config FILE] [--SETTING VALUE]...')
    .allowUnknownOption()
    .allowExcessArguments()
}

/** Runs it until it is told to stop. Its flags are read here, and judged with its settings. */
export async function runDaemon(daemon: Daemon, args: readonly string[], context: Context): Promise<void> {
  if (args.includes('--help') || args.includes('-h')) return await printHelp(daemon, context)
  await daemon.main(readFlags(daemon.name, args), context.env)
}

async function printHelp({ name, about, docs, example, sheet }: Daemon, { terminal }: Context) {
  const rows = settingList(await sheet()).map(({ flag, about: what, form, initial }) => {
    const fallback = initial === undefined ? '' : ` Default: ${initial}.`
    return `  --${flag}\n      ${what} Takes ${form}.${fallback}\n`
  })
  terminal.out(
    [
      `Usage: homeport ${name} [--config FILE] [--SETTING VALUE]...\n\n`,
      `${about}\n`,
      `A flag wins over its environment variable (${variableOf(name, '')}...), and that over the file.\n`,
      `${docs} tells more.\n\n`,
      `  --config\n      The file with the settings. Default: ${defaultFileOf(name)}.\n`,
      ...rows,
      `\nExample:\n  ${example}\n`,
    ].join(''),
  )
}

/** `--name value` and `--name=value`. */
function readFlags(daemon: string, args: readonly string[]): Record<string, string> {
  const flags: Record<string, string> = {}
  for (let index = 0; index < args.length; index++) {
    const [, name, inline] = /^--([a-z][a-z0-9-]*)(?:=(.*))?$/s.exec(args[index] ?? '') ?? []
    if (name === undefined)
      throw usageFailure('flags have the form --name value', `homeport ${daemon} --help lists them.`)
    const value = inline ?? args[++index]
    if (value === undefined)
      throw usageFailure(`--${name} needs a value`, `homeport ${daemon} --help lists the flags.`)
    flags[name] = value
  }
  return flags
}
