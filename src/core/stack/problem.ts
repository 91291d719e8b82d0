import type { Path, Place } from './place.ts'

/** Something that is wrong with a stack file, or that becomes other than it was written. */
export interface Problem {
  /** An `error` refuses the stack. A `warning` says what is dropped or changed. */
  readonly severity: 'error' | 'warning'
  /** What and why, in one sentence without place, in Docker's words where Docker has any. */
  readonly detail: string
  /** What to write or do instead; empty where there is nothing to say. */
  readonly remedy: string
  /** Where in the files; `undefined` only where no file could be read. */
  readonly place: Place | undefined
  /** Where in the document; empty for what concerns a file as a whole. */
  readonly path: Path
  /** The lines around the place, with a caret under it; empty where the place is none of a stack file. */
  readonly excerpt: string
}
