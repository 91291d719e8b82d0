import { dirname, resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import type { ComposeChoices } from '../core/stack/compose/read-compose.ts'
import { MOST_BYTES } from '../core/stack/parse/decode-text.ts'
import { readStack, type StackReading } from '../core/stack/read-stack.ts'
import type { StackFiles } from '../core/stack/stack-files.ts'
import type { StackText } from '../core/stack/stack-text.ts'
import type { Context } from './context.ts'
import { TooLarge } from './disk.ts'
import { usageFailure } from './failure.ts'
import { stackFiles } from './stack-files.ts'

export interface StackOptions {
  readonly composeFile?: readonly string[]
  readonly compose?: true
  readonly envFile?: readonly string[]
  readonly profile?: readonly string[]
  readonly hostRoot?: string
  readonly allowOutside?: true
}

/** Gives a command the options that say which stack it reads, and from where. */
export function readsAStack(command: Command): Command {
  return command
    .option(
      '-c, --compose-file <file>',
      'a stack file, or - for the standard input; several are merged',
      collect,
    )
    .option('--compose', 'read the files as docker compose does, not as docker stack does')
    .option(
      '--env-file <file>',
      'with --compose: a file with variables instead of .env (repeatable)',
      collect,
    )
    .option(
      '--profile <name>',
      'with --compose: a profile whose services are wanted too (repeatable)',
      collect,
    )
    .option('--host-root <dir>', 'read the absolute paths that the stack names below this folder')
    .option('--allow-outside', 'let the stack name files outside of its folder')
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  const names = value.split(',')
  if (names.includes('')) throw new InvalidArgumentError('A name is missing.')
  return [...before, ...names]
}

export interface ReadInput extends StackReading {
  /** The files that were given, and those that they name. */
  readonly texts: readonly StackText[]
  /** The folder of the first file, absolute. */
  readonly folder: string
  /** What the stack names, read as the options allow. */
  readonly files: StackFiles
}

/**
 * Reads the stack that the options name, as Swarm or Compose reads it.
 * @param name what the stack is called, where the command says so
 */
export function readInput(options: StackOptions, { disk, env }: Context, name?: string): ReadInput {
  const names = options.composeFile ?? []
  const [first] = names
  if (first === undefined) throw usageFailure('no stack file is given', 'Give one: -c stack.yml')
  if (names.filter((name) => name === '-').length > 1)
    throw usageFailure('the standard input can be read once only')
  const folder = first === '-' ? disk.folder : dirname(resolve(disk.folder, first))
  const hostRoot = options.hostRoot === undefined ? undefined : resolve(disk.folder, options.hostRoot)
  const files = stackFiles(disk, { folder, hostRoot, allowOutside: options.allowOutside === true })
  const texts = names.map((name) => ({ name, bytes: readText(name, disk) }))
  const variables = new Map(
    Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  )
  const compose = composeChoices(options, disk, name)
  const mode = compose ? 'compose' : 'swarm'
  const reading = readStack({ mode, texts, folder, variables, files, compose })
  return { ...reading, texts: [...texts, ...reading.further], folder, files }
}

function composeChoices(
  { compose, envFile, profile }: StackOptions,
  disk: Context['disk'],
  projectName: string | undefined,
): ComposeChoices | undefined {
  if (compose)
    return {
      projectName,
      profiles: profile ?? [],
      envFiles: envFile?.map((name) => ({ name, bytes: readText(name, disk) })),
    }
  if (envFile ?? profile)
    throw usageFailure('--env-file and --profile are for --compose', 'Give --compose as well.')
  return undefined
}

function readText(name: string, disk: Context['disk']): Uint8Array {
  try {
    return name === '-' ? disk.readInput(MOST_BYTES) : disk.read(resolve(disk.folder, name), MOST_BYTES)
  } catch (error) {
    if (error instanceof TooLarge) {
      const detail = `${name} has more than ${MOST_BYTES / 1024 / 1024} MiB`
      throw usageFailure(detail, 'Give a stack file: this is hardly one.')
    }
    const why = error instanceof Error ? error.message : String(error)
    throw usageFailure(`${name} can't be read: ${why}`, 'Give a stack file: -c stack.yml')
  }
}
