/** Where something stands in the files that a stack was read from. Lines and columns count from 1, columns in UTF-16 units. */
export interface Place {
  /** As it was named on the command line; `-` is the standard input. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The keys and list indexes that lead to a value: `['services', 'web', 'ports', 0, 'target']`. */
export type Path = readonly (string | number)[]

/**
 * Where the values of a canonical stack were written, beside it rather than in it: a tree of the same shape. The path is
 * that of the canonical form: an environment variable is at `services, web, environment, NAME` whether it was written in
 * a list or not.
 */
export class Places {
  #place: Place | undefined
  /** Most values have nothing in them. */
  #below: Map<string, Places> | undefined

  constructor(place?: Place) {
    this.#place = place
  }

  set(path: Path, place: Place): void {
    this.#grow(path).#place = place
  }

  /** The place of the value itself; `undefined` where only something around it was written. */
  exactly(path: Path): Place | undefined {
    const here = this.below(path)
    return here ? here.#place : undefined
  }

  /** The place of the value, or of the nearest thing around it that was written. */
  of(path: Path): Place | undefined {
    let found = this.#place
    let here: Places | undefined = this
    for (const key of path) {
      here = here.#below?.get(String(key))
      if (!here) break
      found = here.#place ?? found
    }
    return found
  }

  /** The places of what is below a path. */
  below(path: Path): Places | undefined {
    let here: Places | undefined = this
    for (const key of path) here = here ? here.#below?.get(String(key)) : undefined
    return here
  }

  /** Puts the places of a value, and of what is in it, where that value now is. */
  graft(path: Path, places: Places | undefined): void {
    const key = path.at(-1)
    if (key === undefined || !places) return
    this.#grow(path.slice(0, -1)).#keep(String(key), places)
  }

  #grow(path: Path): Places {
    let here: Places = this
    for (const key of path) {
      here = here.#below?.get(String(key)) ?? here.#keep(String(key), new Places())
    }
    return here
  }

  #keep(key: string, places: Places): Places {
    this.#below ??= new Map()
    this.#below.set(key, places)
    return places
  }
}

/** The path as Docker writes it: `services.web.ports.0.target`. */
export function pathText(path: Path): string {
  return path.join('.')
}
