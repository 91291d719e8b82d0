import { interpolate } from '../interpolate/interpolate.ts'
import type { Variables } from '../interpolate/substitute.ts'
import type { Located, LocatedMap } from '../located.ts'
import type { Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { COMPOSE } from '../schema/key-remedies.ts'
import { validate } from '../schema/validate.ts'
import { composeCast } from './casts.ts'
import { type ComposeFiles, folderOf, pathFrom } from './compose-files.ts'
import { composeSchema } from './compose-schema.ts'
import { EnvFileFault, readDotenv } from './dotenv.ts'
import { Extender, type ServiceFile } from './extends.ts'
import { type Included, importInto, readIncludes } from './include.ts'
import { mergeTrees } from './merge-trees.ts'
import { mapNode, without } from './nodes.ts'
import { clear, takeResets } from './resets.ts'
import { resolvePaths } from './resolve-paths.ts'
import { substitute } from './substitute.ts'
import { transform } from './transform.ts'
import { enforceUnicity } from './unique.ts'

const DIALECT = { substitute, castFor: composeCast, castsAll: true } as const

/** Some files that are merged to one stack: those that were given, or those of one `include`. */
export interface ModelSource {
  readonly files: readonly { readonly path: string; readonly documents: readonly LocatedMap[] | undefined }[]
  /** What relative paths begin at, absolute. */
  readonly folder: string
  readonly variables: Variables
  /** The files that include it, from the first on. */
  readonly includedBy: readonly string[]
}

/** Loads stacks of Compose as one tree in the long forms, phase by phase (docs/stack-phases.md). */
export class ModelLoader {
  readonly #files: ComposeFiles
  readonly #problems: Problems

  constructor(files: ComposeFiles, problems: Problems) {
    this.#files = files
    this.#problems = problems
  }

  load(source: ModelSource): LocatedMap | undefined {
    const [first] = source.files.flatMap(({ documents }) => documents ?? [])
    if (!first) return undefined
    let model = mapNode([], first.place)
    for (const { path, documents } of source.files) {
      for (const document of documents ?? []) model = this.#over(model, document, path, source)
    }
    return resolvePaths(model, source.folder, source.variables.get('HOME'))
  }

  #over(model: LocatedMap, document: LocatedMap, path: string, source: ModelSource): LocatedMap {
    const { folder, variables } = source
    const resets = takeResets(this.#interpolated(document, variables))
    const file: ServiceFile = { ...resets, name: this.#files.nameOf(path), folder }
    const extender = new Extender(this.#problems, variables.get('HOME'), (other, entry, service) =>
      this.#extended(other, entry, service, variables),
    )
    const whole = readIncludes(resets.tree).reduce(
      (tree, included) => this.#include(tree, included, path, source),
      without(extender.all(file), 'include'),
    )
    this.#checkIncludes(resets.tree)
    const merged = enforceUnicity(mergeTrees(clear(model, resets.cleared), whole, this.#problems))
    validate(merged, composeSchema, COMPOSE, this.#problems)
    this.#warnOfVersion(merged)
    return enforceUnicity(transform(without(merged, 'version'), this.#problems))
  }

  #interpolated(document: LocatedMap, variables: Variables): LocatedMap {
    return interpolate(document, variables, this.#problems, DIALECT)
  }

  /** `include` is taken out before the whole is validated. */
  #checkIncludes(tree: LocatedMap): void {
    const include = tree.entries.get('include')
    if (include) validate(mapNode([['include', include]], tree.place), composeSchema, COMPOSE, this.#problems)
  }

  #warnOfVersion(tree: LocatedMap): void {
    const version = tree.entries.get('version')
    if (version)
      this.#problems.warning(
        version.place,
        ['version'],
        'the attribute `version` is obsolete, it will be ignored',
        'Leave it out.',
      )
  }

  /** A file that another extends. It is not validated: what is taken of it is, with the rest. */
  #extended(path: string, entry: Located, service: string, variables: Variables): ServiceFile | undefined {
    const documents = this.#files.documents(path, entry.place, ['services', service, 'extends'])
    if (!documents) return undefined
    const parts = documents.map((document) => takeResets(this.#interpolated(document, variables)))
    const [first] = parts
    if (!first) return undefined
    const merged = parts.reduce(
      (tree, part) => mergeTrees(clear(tree, part.cleared), part.tree, this.#problems),
      mapNode([], first.tree.place),
    )
    const folder = folderOf(path)
    const tree = enforceUnicity(transform(enforceUnicity(merged), this.#problems))
    return {
      tree: resolvePaths(tree, folder, variables.get('HOME')),
      cleared: parts.flatMap(({ cleared }) => cleared),
      name: this.#files.nameOf(path),
      folder,
    }
  }

  #include(tree: LocatedMap, included: Included, path: string, source: ModelSource): LocatedMap {
    const { place } = included.node
    const at = ['include']
    const home = source.variables.get('HOME')
    const paths = included.paths.map((one) => pathFrom(source.folder, one, home))
    const [first] = paths
    if (first === undefined) return tree
    const chain = [...source.includedBy, path]
    if (chain.includes(first)) {
      const circle = [...chain.slice(chain.indexOf(first)), first]
        .map((one) => this.#files.nameOf(one))
        .join(', which includes ')
      this.#problems.error(
        place,
        at,
        `include cycle detected: ${circle}`,
        'Let one of them include no other.',
      )
      return tree
    }
    const folder =
      included.projectDirectory === undefined
        ? folderOf(first)
        : pathFrom(source.folder, included.projectDirectory, home)
    const model = this.load({
      files: paths.map((one) => ({ path: one, documents: this.#files.documents(one, place, at) })),
      folder,
      variables: this.#variablesOf(included, folder, source),
      includedBy: chain,
    })
    return model ? importInto(tree, model, this.#problems) : tree
  }

  /** What is set already wins over the files with variables of an included stack. */
  #variablesOf(included: Included, folder: string, { folder: outer, variables }: ModelSource): Variables {
    const { place } = included.node
    const found = new Map<string, string>()
    const lookUp = (name: string) => variables.get(name) ?? found.get(name)
    const read = (path: string, bytes: Uint8Array | undefined) => {
      if (bytes) this.#addVariables(path, bytes, lookUp, found, place)
    }
    for (const name of included.envFiles) {
      const path = pathFrom(outer, name, variables.get('HOME'))
      read(path, this.#files.bytes(path, place, ['include']))
    }
    if (included.envFiles.length === 0)
      read(`${folder}/.env`, this.#files.bytesIfThere(`${folder}/.env`, place, ['include']))
    return { get: lookUp }
  }

  #addVariables(
    path: string,
    bytes: Uint8Array,
    lookUp: (name: string) => string | undefined,
    found: Map<string, string>,
    place: Place,
  ): void {
    try {
      for (const [name, value] of readDotenv(bytes, lookUp)) found.set(name, value)
    } catch (error) {
      if (!(error instanceof EnvFileFault)) throw error
      this.#problems.error(
        place,
        ['include'],
        `failed to read ${path}: ${error.message}`,
        'Write KEY=VALUE in each line.',
      )
    }
  }
}
