import type { Located, LocatedEntry, LocatedMap, LocatedScalar } from '../located.ts'
import type { Problems } from '../problem.ts'
import { type Cast, castFor } from './casts.ts'
import { type Substitution, substitute, type Variables } from './substitute.ts'

/** How variables are put in, and what the text becomes then. */
export interface Dialect {
  readonly substitute: (text: string, variables: Variables) => Substitution
  readonly castFor: (path: readonly string[]) => Cast | undefined
  /** Whether text without variables is given another type too. */
  readonly castsAll: boolean
}

const SWARM: Dialect = { substitute, castFor, castsAll: false }

/** Phase 2: every string with its variables put in; keys stay as they are. */
export function interpolate(
  tree: LocatedMap,
  variables: Variables,
  problems: Problems,
  dialect = SWARM,
): LocatedMap {
  return new Interpolation(variables, problems, dialect).map(tree, [])
}

class Interpolation {
  readonly #variables: Variables
  readonly #problems: Problems
  readonly #dialect: Dialect

  constructor(variables: Variables, problems: Problems, dialect: Dialect) {
    this.#variables = {
      get: (name) => {
        const value = variables.get(name)
        if (value !== undefined) problems.hide(name, value)
        return value
      },
    }
    this.#problems = problems
    this.#dialect = dialect
  }

  map(node: LocatedMap, path: readonly string[]): LocatedMap {
    const entries = new Map<string, LocatedEntry>()
    for (const [key, { place, value }] of node.entries)
      entries.set(key, { place, value: this.#value(value, [...path, key]) })
    return { ...node, entries }
  }

  #value(node: Located, path: readonly string[]): Located {
    if (node.kind === 'map') return this.map(node, path)
    if (node.kind === 'list')
      return { ...node, items: node.items.map((item) => this.#value(item, [...path, '[]'])) }
    return this.#scalar(node, path)
  }

  #scalar(node: LocatedScalar, path: readonly string[]): LocatedScalar {
    if (node.scalar.form !== 'string') return node
    const { substitute, castFor, castsAll } = this.#dialect
    if (!castsAll && !node.scalar.value.includes('$')) return node
    const { text, errors, warnings } = substitute(node.scalar.value, this.#variables)
    const where = path.join('.')
    for (const { detail, remedy } of errors)
      this.#problems.error(node.place, path, `invalid interpolation format for ${where}: ${detail}`, remedy)
    for (const { detail, remedy } of warnings) this.#problems.warning(node.place, path, detail, remedy)
    // As in Docker: Swarm gives only what became other than it was another type.
    if (errors.length > 0 || (!castsAll && text === node.scalar.value)) return node
    const cast = castFor(path)
    const scalar = cast ? cast(text) : ({ form: 'string', value: text } as const)
    if (typeof scalar !== 'string') return { ...node, scalar }
    // As it is written: what was put in may be a secret.
    const fault = cast?.(node.scalar.value)
    const detail = `error while interpolating ${where}: failed to cast to expected type: ${fault}`
    this.#problems.error(node.place, path, detail, 'Set the variable to such a value.')
    return node
  }
}
