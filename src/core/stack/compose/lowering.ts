import type { Located, LocatedMap } from '../located.ts'
import type { Findings } from '../model/findings.ts'
import type { Path, Place, Places } from '../place.ts'
import { entriesOf, itemsOf, textAt, valueAt } from './nodes.ts'

/** What the services of a project have to do with each other, and where it is told what becomes of them. */
export class Lowering {
  readonly tree: LocatedMap
  readonly inactive: ReadonlyMap<string, unknown>
  /** Services that another waits for until they have ended well. */
  readonly jobs: ReadonlySet<string>
  /** Further names of services: those of their containers, and those that links give them. */
  readonly #aliases = new Map<string, { readonly name: string; readonly place: Place }[]>()
  readonly #places: Places
  readonly #findings: Findings

  constructor(tree: LocatedMap, inactive: ReadonlyMap<string, unknown>, places: Places, findings: Findings) {
    this.tree = tree
    this.inactive = inactive
    this.#places = places
    this.#findings = findings
    const dependencies = this.services.flatMap(([, service]) => entriesOf(valueAt(service, 'depends_on')))
    const awaited = dependencies.filter(
      ([, { value }]) => textAt(value, 'condition') === 'service_completed_successfully',
    )
    this.jobs = new Set(awaited.map(([name]) => name))
    for (const [name, service] of this.services) this.#noteNames(name, service)
  }

  get services(): readonly (readonly [string, Located])[] {
    return entriesOf(valueAt(this.tree, 'services')).map(([name, { value }]) => [name, value])
  }

  service(name: string): Located | undefined {
    return valueAt(this.tree, 'services', name)
  }

  aliasesOf(name: string): readonly { readonly name: string; readonly place: Place }[] {
    return this.#aliases.get(name) ?? []
  }

  warn(path: Path, place: Place, detail: string, remedy = ''): void {
    this.#places.set(path, place)
    this.#findings.warn(path, detail, remedy)
  }

  refuse(path: Path, place: Place, detail: string, remedy: string): void {
    this.#places.set(path, place)
    this.#findings.refuse(path, detail, remedy)
  }

  #noteNames(name: string, service: Located): void {
    const own = valueAt(service, 'container_name')
    const called = textAt(own)
    if (own && called !== undefined) this.#note(name, called, own.place, ['services', name, 'container_name'])
    for (const link of itemsOf(valueAt(service, 'links'))) {
      const [target = '', alias] = (textAt(link) ?? '').split(':')
      if (alias !== undefined) this.#note(target, alias, link.place, ['services', name, 'links', alias])
    }
  }

  #note(service: string, alias: string, place: Place, path: Path): void {
    if (alias === service) return
    if (alias.includes('.')) {
      this.warn(
        path,
        place,
        `${alias} cannot be the name of a Service: it has dots, and is dropped`,
        `Others reach it as ${service}.`,
      )
      return
    }
    const there = this.#aliases.get(service) ?? []
    if (!there.some(({ name }) => name === alias))
      this.#aliases.set(service, [...there, { name: alias, place }])
  }
}
