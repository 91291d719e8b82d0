import { readFile } from './canonical/read-file.ts'
import type { CanonicalStack } from './canonical.ts'
import type { ComposeChoices } from './compose/read-compose.ts'
import { readComposeStack } from './compose/read-compose-stack.ts'
import { interpolate } from './interpolate/interpolate.ts'
import type { LocatedMap } from './located.ts'
import { mergeFiles, type ReadFile } from './merge/merge-files.ts'
import { decodeText } from './parse/decode-text.ts'
import { parseText } from './parse/parse-text.ts'
import { Places } from './place.ts'
import { inFileOrder, type Problem, Problems } from './problem.ts'
import { withoutForbidden } from './schema/forbidden.ts'
import { warnOfIgnored } from './schema/ignored.ts'
import { stackSchema } from './schema/stack-schema.ts'
import { validate } from './schema/validate.ts'
import { readVersion, type Version } from './schema/version.ts'
import type { StackFiles } from './stack-files.ts'
import type { StackText } from './stack-text.ts'

export interface StackInput {
  /** What the files are read as: Swarm's stacks or Compose's projects. */
  readonly mode: 'swarm' | 'compose'
  /** For Compose alone. */
  readonly compose?: ComposeChoices | undefined
  /** At least one; each is merged over those before it. */
  readonly texts: readonly StackText[]
  /** The folder of the first file, absolute: what relative paths begin at. */
  readonly folder: string
  /** The environment of whoever runs the command. */
  readonly variables: ReadonlyMap<string, string>
  readonly files: StackFiles
}

export interface StackReading {
  /** `undefined` where there is any error. */
  readonly stack: CanonicalStack | undefined
  /** The same, and also what could be read of a stack with errors: to find further ones in it, not to run it. */
  readonly readable: CanonicalStack | undefined
  /** Of Compose: the canonical form as `docker compose config` prints it. */
  readonly text?: string | undefined
  /** Where the values of the stack were written. */
  readonly places: Places
  /** In the order of the files and lines. */
  readonly problems: readonly Problem[]
  /** What is said of the stack, without the values of variables in it. */
  readonly told: (text: string) => string
  /** Files that were not given, but named by others: what problems say may stand in them. */
  readonly further: readonly StackText[]
}

/** Reads stack files into the canonical form, phase by phase (docs/stack-phases.md); all that is wrong is told at once. */
export function readStack(input: StackInput): StackReading {
  return input.mode === 'compose' ? readComposeStack(input) : readSwarmStack(input)
}

function readSwarmStack(input: StackInput): StackReading {
  const problems = new Problems()
  const files = input.texts.flatMap((text) => readOne(text, input, problems) ?? [])
  refuseMixedVersions(files, problems)
  const { stack, places } = mergeFiles(files.map(({ read }) => read))
  const names = input.texts.map(({ name }) => name)
  return {
    stack: problems.errors === 0 ? stack : undefined,
    readable: files.length === input.texts.length ? stack : undefined,
    places,
    problems: inFileOrder(problems.all, names),
    told: problems.told,
    further: [],
  }
}

interface OneFile {
  readonly version: Version
  readonly read: ReadFile
}

function readOne(text: StackText, input: StackInput, problems: Problems): OneFile | undefined {
  const decoded = decodeText(text, problems)
  if (decoded === undefined) return undefined
  const parsed = parseText(text.name, decoded, problems)
  if (!parsed) return undefined
  const version = readVersion(parsed, problems)
  const tree = validTree(parsed, version, input, problems)
  if (!tree) return undefined
  const places = new Places(tree.place)
  const stack = readFile(tree, version, input, { places, problems })
  return { version, read: { stack, places } }
}

function validTree(
  parsed: LocatedMap,
  version: Version,
  { variables }: StackInput,
  problems: Problems,
): LocatedMap | undefined {
  const before = problems.errors
  const tree = interpolate(withoutForbidden(parsed, problems), variables, problems)
  validate(tree, stackSchema, version.minor, problems)
  warnOfIgnored(tree, problems)
  return problems.errors === before ? tree : undefined
}

/** Docker takes no files of different versions together. */
function refuseMixedVersions(files: readonly OneFile[], problems: Problems): void {
  const [first] = files
  const other = files.find(({ version }) => version.text !== first?.version.text)
  if (!first || !other) return
  const detail = `version mismatched between two composefiles : ${first.version.text} and ${other.version.text}`
  problems.error(other.version.place, ['version'], detail, 'Leave "version" out of all files.')
}
