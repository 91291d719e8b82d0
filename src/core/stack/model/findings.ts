import type { Path } from '../place.ts'

/** What becomes of a part of a stack other than its author wrote. Where it stands in the files, `Places` knows. */
export interface Finding {
  /** An `error` refuses the stack. A `warning` says what is dropped or changed. */
  readonly severity: 'error' | 'warning'
  /** What and why, in one sentence. */
  readonly detail: string
  /** What to write or do instead: the Kubernetes way. Empty where there is nothing to say. */
  readonly remedy: string
  readonly path: Path
}

/** Everything that is found, all at once: reading goes on after an error. */
export class Findings {
  readonly #list: Finding[] = []

  get all(): readonly Finding[] {
    return this.#list
  }

  /** What was found by others. */
  take(found: readonly Finding[]): void {
    this.#list.push(...found)
  }

  refuse(path: Path, detail: string, remedy: string): void {
    this.#list.push({ severity: 'error', detail, remedy, path })
  }

  warn(path: Path, detail: string, remedy = ''): void {
    this.#list.push({ severity: 'warning', detail, remedy, path })
  }
}
