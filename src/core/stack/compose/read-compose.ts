import { inOrder } from '../go-order.ts'
import type { LocatedMap } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import type { StackFiles } from '../stack-files.ts'
import type { StackText } from '../stack-text.ts'
import { checkConsistency } from './check-consistency.ts'
import { checkModel } from './check-model.ts'
import { ComposeFiles } from './compose-files.ts'
import { eachIn, setDefaults } from './defaults.ts'
import { EnvFileFault, readDotenv } from './dotenv.ts'
import { finishServices, withoutUnused } from './finish-tree.ts'
import { ModelLoader } from './load-model.ts'
import { withValue } from './nodes.ts'
import { byProfiles, type Profiled } from './profiles.ts'
import { projectName } from './project-name.ts'
import { EnvironmentResolver } from './resolve-environment.ts'

/** What the one who reads a Compose file decides about it. */
export interface ComposeChoices {
  /** Of the command line; left out: COMPOSE_PROJECT_NAME, the file's `name`, or the folder's. */
  readonly projectName?: string | undefined
  readonly profiles: readonly string[]
  /** Left out: `.env` in the folder of the first file, where it is there. */
  readonly envFiles?: readonly StackText[] | undefined
}

export interface ComposeInput {
  readonly texts: readonly StackText[]
  readonly folder: string
  readonly variables: ReadonlyMap<string, string>
  readonly files: StackFiles
  readonly choices: ComposeChoices
}

export interface ComposeReading {
  /** In the long forms; undefined where it can't be read as one. */
  readonly profiled: Profiled | undefined
  readonly projectName: string
  /** The environment, and below it `.env`. */
  readonly variables: ReadonlyMap<string, string>
  /** Files that others name. */
  readonly further: readonly StackText[]
}

/** Reads the files of a Compose project into one tree, as `docker compose config` does; what is wrong is in the problems. */
export function readComposeTree(input: ComposeInput, problems: Problems): ComposeReading {
  const { texts, folder, files: onDisk, choices } = input
  const files = new ComposeFiles(onDisk, { name: texts[0]?.name ?? '', folder }, problems)
  const environment = withDotenv(input, files, problems)
  const documents = texts.map((text) => ({ path: pathOf(text, folder), documents: files.parse(text) }))
  const name = projectName(
    documents.flatMap((one) => one.documents ?? []),
    environment,
    folder,
    choices.projectName,
    problems,
  )
  const variables = new Map([...environment, ['COMPOSE_PROJECT_NAME', name]])
  const done = (profiled: Profiled | undefined) => ({
    profiled,
    projectName: name,
    variables,
    further: files.further,
  })
  if (problems.errors > 0) return done(undefined)
  const model = new ModelLoader(files, problems).load({ files: documents, folder, variables, includedBy: [] })
  if (!model || problems.errors > 0) return done(undefined)
  checkModel(model, problems)
  const whole = setDefaults(finishServices(model, problems), folder)
  const profiles = [...choices.profiles, ...(variables.get('COMPOSE_PROFILES') ?? '').split(',')].filter(
    (one) => one !== '',
  )
  const profiled = byProfiles(whole, profiles)
  checkConsistency(profiled, problems)
  const resolver = new EnvironmentResolver(variables, files, problems)
  return done({ ...profiled, tree: withoutUnused(resolved(profiled.tree, resolver)) })
}

function resolved(tree: LocatedMap, resolver: EnvironmentResolver): LocatedMap {
  return withValue(tree, 'services', (node) =>
    eachIn(node, (service, name) => (service.kind === 'map' ? resolver.service(name, service) : service)),
  )
}

/** As it is known where files name each other: the standard input lies in the folder. */
function pathOf({ name }: StackText, folder: string): string {
  return `${folder}/${name.split('/').at(-1)}`
}

const NOWHERE = (file: string): Place => ({ file, line: 1, column: 1 })

/** The environment wins over the files; a later file over an earlier one. */
function withDotenv(
  input: ComposeInput,
  files: ComposeFiles,
  problems: Problems,
): ReadonlyMap<string, string> {
  const { variables, folder, choices } = input
  const found = new Map<string, string>()
  const place = NOWHERE(input.texts[0]?.name ?? '')
  const bytes = choices.envFiles ? undefined : files.bytesIfThere(`${folder}/.env`, place, [])
  const texts = choices.envFiles ?? (bytes ? [{ name: files.nameOf(`${folder}/.env`), bytes }] : [])
  for (const text of texts) {
    try {
      const lookUp = (name: string) => variables.get(name) ?? found.get(name)
      for (const [name, value] of readDotenv(text.bytes, lookUp)) found.set(name, value)
    } catch (error) {
      if (!(error instanceof EnvFileFault)) throw error
      const line = Number(/^line (\d+)/.exec(error.message)?.[1] ?? 1)
      problems.error(
        { file: text.name, line, column: 1 },
        [],
        `failed to read ${text.name}: ${error.message}`,
        'Write KEY=VALUE in each line; quotes have to end.',
      )
    }
  }
  return inOrder([...found, ...variables])
}
