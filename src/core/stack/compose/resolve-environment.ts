import { readEnvFile } from '../canonical/env-file.ts'
import { inOrder } from '../go-order.ts'
import type { Variables } from '../interpolate/substitute.ts'
import type { Located, LocatedEntry, LocatedMap } from '../located.ts'
import { isNull } from '../located.ts'
import type { Path, Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { scalarText } from '../values/scalar-text.ts'
import type { ComposeFiles } from './compose-files.ts'
import { EnvFileFault, type LookUp, readDotenv } from './dotenv.ts'
import {
  entriesOf,
  itemsOf,
  mapNode,
  nullNode,
  textAt,
  textNode,
  valueAt,
  withEntry,
  without,
} from './nodes.ts'

/** Puts the variables of a service's env_files below those of its `environment`, and the labels of its label_files likewise. */
export class EnvironmentResolver {
  readonly #variables: Variables
  readonly #files: ComposeFiles
  readonly #problems: Problems

  constructor(variables: Variables, files: ComposeFiles, problems: Problems) {
    this.#variables = variables
    this.#files = files
    this.#problems = problems
  }

  service(name: string, service: LocatedMap): LocatedMap {
    return this.#labels(name, this.#environment(name, service))
  }

  /** A variable without value takes that of the environment, or has none. */
  #environment(name: string, service: LocatedMap): LocatedMap {
    const own = pairsOf(valueAt(service, 'environment')).map(([key, entry]) => {
      const value = isNull(entry.value) ? this.#variables.get(key) : undefined
      return [
        key,
        value === undefined ? entry : { ...entry, value: textNode(value, entry.value.place) },
      ] as const
    })
    const found = new Map<string, LocatedEntry>()
    const written = new Map(own)
    const lookUp: LookUp = (key) => this.#variables.get(key) ?? textAt(written.get(key)?.value)
    for (const [index, file] of itemsOf(valueAt(service, 'env_file')).entries())
      this.#file(file, ['services', name, 'env_file', index], lookUp, found)
    for (const [key, entry] of own) if (!isNull(entry.value) || !found.has(key)) found.set(key, entry)
    return withMap(service, 'environment', found)
  }

  #labels(name: string, service: LocatedMap): LocatedMap {
    const found = new Map<string, LocatedEntry>()
    const lookUp: LookUp = (key) => textAt(found.get(key)?.value)
    for (const [index, file] of itemsOf(valueAt(service, 'label_file')).entries())
      this.#file(file, ['services', name, 'label_file', index], lookUp, found)
    for (const [key, entry] of pairsOf(valueAt(service, 'labels')))
      found.set(key, isNull(entry.value) ? { ...entry, value: textNode('', entry.place) } : entry)
    return withMap(without(service, 'label_file'), 'labels', found)
  }

  #file(file: Located, at: Path, lookUp: LookUp, found: Map<string, LocatedEntry>): void {
    const path = textAt(file) ?? textAt(file, 'path') ?? ''
    const place = valueAt(file, 'path')?.place ?? file.place
    const isRequired = textAt(file, 'required') !== 'false'
    const bytes = isRequired ? this.#files.bytes(path, place, at) : this.#files.bytesIfThere(path, place, at)
    if (!bytes) {
      if (!isRequired) this.#problems.warning(place, at, `${path} is not there, and need not be`)
      return
    }
    const format = textAt(file, 'format')
    if (format !== undefined && format !== 'raw') {
      this.#problems.error(
        place,
        at,
        `unsupported env_file format ${JSON.stringify(format)}`,
        'Write raw, or leave it out.',
      )
      return
    }
    for (const [key, value] of this.#read(bytes, path, format, place, at, lookUp))
      found.set(key, { place, value: textNode(value, place) })
  }

  #read(bytes: Uint8Array, path: string, format: string | undefined, place: Place, at: Path, lookUp: LookUp) {
    try {
      return format === 'raw' ? readRaw(bytes, lookUp) : readDotenv(bytes, lookUp)
    } catch (error) {
      if (!(error instanceof EnvFileFault)) throw error
      const detail = `failed to read ${path}: ${error.message}`
      this.#problems.error(place, at, detail, 'Write KEY=VALUE in each line; quotes have to end.')
      return []
    }
  }
}

/** `format: raw`: a line is `KEY=VALUE` as it stands, as `docker run --env-file` reads it. */
function readRaw(bytes: Uint8Array, lookUp: LookUp): ReadonlyMap<string, string> {
  const read = readEnvFile(bytes, { get: lookUp })
  if (typeof read === 'string') throw new EnvFileFault(read)
  return read
}

/** `KEY: value` or `- KEY=value`, each with its place; no value is null. */
function pairsOf(node: Located | undefined): readonly (readonly [string, LocatedEntry])[] {
  if (node?.kind === 'map')
    return entriesOf(node).map(([key, entry]) => {
      const { value } = entry
      const isText = value.kind === 'scalar' && !isNull(value)
      return [
        key,
        isText ? { ...entry, value: textNode(scalarText(value.scalar), value.place) } : entry,
      ] as const
    })
  return itemsOf(node).map((item) => {
    const text = textAt(item) ?? ''
    const at = text.indexOf('=')
    const { place } = item
    return at < 0
      ? ([text, { place, value: nullNode(place) }] as const)
      : ([text.slice(0, at), { place, value: textNode(text.slice(at + 1), place) }] as const)
  })
}

function withMap(service: LocatedMap, key: string, found: ReadonlyMap<string, LocatedEntry>): LocatedMap {
  const { place } = service.entries.get(key) ?? service
  if (found.size === 0) return without(service, key)
  return withEntry(service, key, { place, value: mapNode(inOrder(found), place) })
}
