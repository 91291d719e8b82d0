/** Where something stands in the files that a stack was read from. Lines and columns count from 1, columns in characters. */
export interface Place {
  /** As it was named on the command line; `-` is the standard input. */
  readonly file: string
  readonly line: number
  readonly column: number
}

/** The keys and list indexes that lead to a value: `['services', 'web', 'ports', 0, 'target']`. */
export type Path = readonly (string | number)[]

/**
 * Where the values of a canonical stack were written, beside it rather than in it. The path is that of the canonical
 * form: an environment variable is at `services, web, environment, NAME` whether it was written in a list or not.
 */
export class Places {
  readonly #places = new Map<string, Place>()

  set(path: Path, place: Place): void {
    this.#places.set(keyOf(path), place)
  }

  /** The place of the value itself; `undefined` where only something around it was written. */
  exactly(path: Path): Place | undefined {
    return this.#places.get(keyOf(path))
  }

  /** The place of the value, or of the nearest thing around it that was written. */
  of(path: Path): Place | undefined {
    for (let length = path.length; length >= 0; length--) {
      const place = this.exactly(path.slice(0, length))
      if (place) return place
    }
    return undefined
  }
}

/** Keys may have dots and slashes in them. */
function keyOf(path: Path): string {
  return path.map((key) => String(key).replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
}

/** The path as people write it: `services.web.ports[0].target`. */
export function pathText(path: Path): string {
  return path
    .map((key, index) => (typeof key === 'number' ? `[${key}]` : index === 0 ? key : `.${key}`))
    .join('')
}
