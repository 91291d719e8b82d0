import { cleanPath } from '../canonical/host-path.ts'
import type { LocatedMap } from '../located.ts'
import { decodeText } from '../parse/decode-text.ts'
import { parseTexts } from '../parse/parse-text.ts'
import type { Path, Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import type { StackFiles } from '../stack-files.ts'
import type { StackText } from '../stack-text.ts'

/** Where the first file lies, and how it was named. */
export interface FirstFile {
  readonly name: string
  /** Absolute. */
  readonly folder: string
}

/** The Compose files of one stack: those that were given, and those that they extend or include, each read once. */
export class ComposeFiles {
  readonly #files: StackFiles
  readonly #first: FirstFile
  readonly #problems: Problems
  readonly #read = new Map<string, readonly LocatedMap[] | undefined>()
  readonly #further = new Map<string, StackText>()

  constructor(files: StackFiles, first: FirstFile, problems: Problems) {
    this.#files = files
    this.#first = first
    this.#problems = problems
  }

  /** The files that were not given, but named in others. */
  get further(): readonly StackText[] {
    return [...this.#further.values()]
  }

  parse(text: StackText): readonly LocatedMap[] | undefined {
    const decoded = decodeText(text, this.#problems)
    return decoded === undefined ? undefined : parseTexts(text.name, decoded, this.#problems)
  }

  /** The documents of a file that another names there; `undefined`: it can't be read, which is told. */
  documents(path: string, place: Place, at: Path): readonly LocatedMap[] | undefined {
    if (this.#read.has(path)) return this.#read.get(path)
    const bytes = this.bytes(path, place, at)
    const text = bytes && { name: this.nameOf(path), bytes }
    if (text) this.#further.set(path, text)
    const documents = text && this.parse(text)
    this.#read.set(path, documents)
    return documents
  }

  bytes(path: string, place: Place, at: Path): Uint8Array | undefined {
    const answer = this.#files.read(path)
    if ('bytes' in answer) return answer.bytes
    this.#problems.error(place, at, answer.detail, answer.remedy)
    return undefined
  }

  /** The bytes of a file that need not be there. What is there and may not be read is told. */
  bytesIfThere(path: string, place: Place, at: Path): Uint8Array | undefined {
    const answer = this.#files.read(path)
    if ('bytes' in answer) return answer.bytes
    if (answer.refused !== 'missing' && answer.refused !== 'directory')
      this.#problems.error(place, at, answer.detail, answer.remedy)
    return undefined
  }

  /** A path as it is told to people: from where the first file was named. */
  nameOf(path: string): string {
    const { name, folder } = this.#first
    if (!path.startsWith(`${folder}/`)) return path
    const start = name.includes('/') ? name.slice(0, name.lastIndexOf('/') + 1) : ''
    return `${start}${path.slice(folder.length + 1)}`
  }
}

/** A path that a file names, absolute: below the folder of that file; `~` is the home of whoever runs the command. */
export function pathFrom(folder: string, path: string, home: string | undefined): string {
  const expanded = path.startsWith('~') && home !== undefined ? home + path.slice(1) : path
  return expanded.startsWith('/') ? expanded : cleanPath(`${folder}/${expanded}`)
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/'
}
