import type { Path, Place } from './place.ts'

/** Something that is wrong with a stack file, or that becomes other than it was written. */
export interface Problem {
  /** An `error` refuses the stack. A `warning` says what is dropped or changed. */
  readonly severity: 'error' | 'warning'
  /** What and why, in one sentence without place, in Docker's words where Docker has any. */
  readonly detail: string
  /** What to write or do instead; empty where there is nothing to say. */
  readonly remedy: string
  /** Where in the files; `undefined` only where there is no file. */
  readonly place: Place | undefined
  /** Where in the document; empty for what concerns a file as a whole. */
  readonly path: Path
}

/**
 * Collects problems, so that all of them are told at once. Of a place only the first error is kept: the others are mostly
 * its consequences, and what an alias stands for is looked at again for each alias.
 */
export class Problems {
  readonly #found: Problem[] = []
  readonly #places = new Set<string>()
  /** Values of variables, and how each is written: the environment's secrets are not for a terminal. */
  readonly #hidden = new Map<string, string>()

  error(place: Place | undefined, path: Path, detail: string, remedy: string): void {
    const key = keyOf(place)
    if (this.#places.has(key)) return
    this.#places.add(key)
    this.#found.push({ severity: 'error', detail, remedy, place, path })
  }

  warning(place: Place | undefined, path: Path, detail: string, remedy = ''): void {
    if (!this.#places.has(keyOf(place)))
      this.#found.push({ severity: 'warning', detail, remedy, place, path })
  }

  /** The value of a variable that was put in: it is told by its name alone. A project's name is no secret. */
  hide(name: string, value: string): void {
    if (value !== '' && name !== 'COMPOSE_PROJECT_NAME') this.#hidden.set(value, name)
  }

  /** A text as anybody may read it. Of short values, which are in any word, only those in quotes are found. */
  readonly told = (text: string): string => {
    let told = text
    for (const [value, name] of [...this.#hidden].toSorted(([a], [b]) => b.length - a.length)) {
      const [quoted, stands] = [JSON.stringify(value), `\${${name}}`]
      told = told.replaceAll(quoted, () => `"${stands}"`)
      if (value.length > 3)
        for (const form of [value, quoted.slice(1, -1)]) told = told.replaceAll(form, () => stands)
    }
    return told
  }

  get all(): readonly Problem[] {
    return this.#found.map((one) => ({
      ...one,
      detail: this.told(one.detail),
      remedy: this.told(one.remedy),
    }))
  }

  get errors(): number {
    return this.#places.size
  }
}

/** In the order of the files and lines; first what stands in none. */
export function inFileOrder(problems: readonly Problem[], files: readonly string[]): readonly Problem[] {
  const order = new Map(files.map((file, index) => [file, index]))
  const fileOf = ({ place }: Problem) => order.get(place?.file ?? '') ?? -1
  return problems.toSorted(
    (a, b) =>
      fileOf(a) - fileOf(b) ||
      (a.place?.line ?? 0) - (b.place?.line ?? 0) ||
      (a.place?.column ?? 0) - (b.place?.column ?? 0),
  )
}

function keyOf(place: Place | undefined): string {
  return JSON.stringify([place?.file, place?.line, place?.column])
}
