import type { Located, LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { pathFrom } from './compose-files.ts'
import { mergeTrees } from './merge-trees.ts'
import { entriesOf, textAt, valueAt, withEntry, without } from './nodes.ts'
import { clear, type Resets } from './resets.ts'

/** A file whose services extend, or are extended. */
export interface ServiceFile extends Resets {
  /** As people know it. */
  readonly name: string
  /** Where the paths begin that it names. */
  readonly folder: string
}

/** Reads a file that an `extends` names; `undefined`: it can't be read, which is told. */
export type OtherFile = (path: string, entry: Located, service: string) => ServiceFile | undefined

/** Each service of a file over the one that it extends: of the same file or of another, and so on. */
export class Extender {
  readonly #problems: Problems
  readonly #other: OtherFile
  readonly #home: string | undefined
  /** The services that are known to go in circles: each circle is told once. */
  readonly #circling = new Set<string>()

  constructor(problems: Problems, home: string | undefined, other: OtherFile) {
    this.#problems = problems
    this.#home = home
    this.#other = other
  }

  all(file: ServiceFile): LocatedMap {
    const services = file.tree.entries.get('services')
    if (services?.value.kind !== 'map') return file.tree
    const extended = [...services.value.entries].map(
      ([name, entry]) => [name, { ...entry, value: this.#one(name, file, []) ?? entry.value }] as const,
    )
    return withEntry(file.tree, 'services', {
      ...services,
      value: { ...services.value, entries: new Map(extended) },
    })
  }

  #one(name: string, file: ServiceFile, chain: readonly string[]): Located | undefined {
    const service = valueAt(file.tree, 'services', name)
    const written = service?.kind === 'map' ? service.entries.get('extends') : undefined
    if (service?.kind !== 'map' || !written) return service
    const own = without(service, 'extends')
    const here = `${name} in ${file.name}`
    if (chain.includes(here)) {
      const members = chain.slice(chain.indexOf(here))
      if (members.some((member) => this.#circling.has(member))) return own
      for (const member of members) this.#circling.add(member)
      const circle = [...members, here].join(', which extends ')
      this.#problems.error(
        written.place,
        ['services', name, 'extends'],
        `Circular reference: ${circle}`,
        'Let one of them extend no other.',
      )
      return own
    }
    const base = this.#base(name, written.value, file, [...chain, here])
    if (base?.kind !== 'map') return own
    const cleared = file.cleared.filter(([section, key]) => section === 'services' && key === name)
    const kept = clear(
      base,
      cleared.map((keys) => keys.slice(2)),
    )
    return mergeTrees(kept, own, this.#problems, ['services', name])
  }

  #base(name: string, extended: Located, file: ServiceFile, chain: readonly string[]): Located | undefined {
    const at = ['services', name, 'extends']
    const ref = textAt(extended) ?? textAt(extended, 'service')
    const path = textAt(extended, 'file')
    if (ref === undefined) {
      this.#problems.error(
        extended.place,
        at,
        `extends.${name}.service is required`,
        'Name the service: extends: {service: NAME}.',
      )
      return undefined
    }
    const other =
      path === undefined ? file : this.#other(pathFrom(file.folder, path, this.#home), extended, name)
    if (!other) return undefined
    if (!valueAt(other.tree, 'services', ref)) {
      const there = entriesOf(valueAt(other.tree, 'services')).map(([key]) => key)
      const detail = `cannot extend service ${JSON.stringify(name)} in ${file.name}: service ${JSON.stringify(ref)} not found in ${other.name}`
      this.#problems.error(
        extended.place,
        at,
        detail,
        there.length > 0 ? `There are: ${there.join(', ')}.` : 'There are none.',
      )
      return undefined
    }
    return this.#one(ref, other, chain)
  }
}
