import type { Located, LocatedEntry } from '../located.ts'
import type { Path } from '../place.ts'
import type { Problems } from '../problem.ts'
import { readSize } from '../values/size.ts'
import { entriesOf, itemsOf, textAt, valueAt } from './nodes.ts'
import { type Profiled, profilesOf } from './profiles.ts'

/** What does not go together in a stack: in Compose's words, all of it. */
export function checkConsistency(profiled: Profiled, problems: Problems): void {
  const check = new Consistency(profiled, problems)
  for (const [name, { place, value }] of entriesOf(valueAt(profiled.tree, 'services')))
    check.service(name, value, place)
  check.containerNames()
  check.cycles()
}

class Consistency {
  readonly #profiled: Profiled
  readonly #problems: Problems

  constructor(profiled: Profiled, problems: Problems) {
    this.#profiled = profiled
    this.#problems = problems
  }

  service(name: string, service: Located, place: Located['place']): void {
    const path = ['services', name]
    const has = (key: string) => valueAt(service, key) !== undefined
    if (!has('build') && !textAt(service, 'image') && !has('provider'))
      this.#refuse(
        place,
        path,
        `service ${JSON.stringify(name)} has neither an image nor a build context specified`,
        'Write image: NAME:TAG.',
      )
    if (has('network_mode') && entriesOf(valueAt(service, 'networks')).length > 0)
      this.#refuseAt(
        service,
        'network_mode',
        path,
        `service ${name} declares mutually exclusive \`network_mode\` and \`networks\``,
        'Keep networks.',
      )
    const platform = textAt(service, 'platform')
    const platforms = itemsOf(valueAt(service, 'build', 'platforms')).map((one) => textAt(one))
    if (platform && platforms.length > 0 && !platforms.includes(platform))
      this.#refuseAt(
        service,
        'platform',
        path,
        `service.build.platforms MUST include service.platform ${JSON.stringify(platform)}`,
        'Add it there, or leave platform out.',
      )
    this.#references(name, service, path)
    this.#dependencies(name, service, path)
    this.#healthcheck(service, path)
    this.#numbers(name, service, path)
    this.#targets(name, service, path)
  }

  #references(name: string, service: Located, path: Path): void {
    const { tree } = this.#profiled
    const known = (section: string, key: string) => valueAt(tree, section, key) !== undefined
    for (const [network, { place }] of entriesOf(valueAt(service, 'networks'))) {
      if (!known('networks', network))
        this.#undefined(place, [...path, 'networks', network], name, 'network', network, 'networks')
    }
    for (const [index, mount] of itemsOf(valueAt(service, 'volumes')).entries()) {
      const source = textAt(mount, 'source')
      if (textAt(mount, 'type') === 'volume' && source && !known('volumes', source))
        this.#undefined(mount.place, [...path, 'volumes', index], name, 'volume', source, 'volumes')
    }
    for (const section of ['configs', 'secrets'] as const) {
      for (const [index, one] of itemsOf(valueAt(service, section)).entries()) {
        const source = textAt(one, 'source') ?? ''
        if (!known(section, source))
          this.#undefined(one.place, [...path, section, index], name, section.slice(0, -1), source, section)
      }
    }
    for (const [model, { place }] of entriesOf(valueAt(service, 'models')))
      if (!known('models', model))
        this.#undefined(place, [...path, 'models', model], name, 'model', model, 'models')
  }

  #undefined(
    place: Located['place'],
    path: Path,
    service: string,
    what: string,
    source: string,
    section: string,
  ): void {
    const remedy =
      what === 'volume' && source.includes('/')
        ? `Write /${source} or ./${source} for a path.`
        : `Write it at the top: ${section}: ${source}:`
    this.#refuse(
      place,
      path,
      `service ${JSON.stringify(service)} refers to undefined ${what} ${source}`,
      remedy,
    )
  }

  #dependencies(name: string, service: Located, path: Path): void {
    for (const [other, { place, value }] of entriesOf(valueAt(service, 'depends_on'))) {
      if (valueAt(this.#profiled.tree, 'services', other) !== undefined) continue
      const inactive = this.#profiled.inactive.get(other)
      if (textAt(value, 'required') === 'false') {
        if (inactive) this.#tellLeftOut(other, inactive, place, path)
        if (inactive) continue
      }
      const remedy = inactive
        ? `It is in the profile ${profilesOf(inactive.value).join(', ')}: give --profile ${profilesOf(inactive.value)[0]}, or write required: false.`
        : `Services are: ${entriesOf(valueAt(this.#profiled.tree, 'services'))
            .map(([key]) => key)
            .join(', ')}.`
      this.#refuse(
        place,
        [...path, 'depends_on', other],
        `service ${JSON.stringify(name)} depends on undefined service ${JSON.stringify(other)}`,
        remedy,
      )
    }
    const mode = textAt(service, 'network_mode')
    const shared = mode?.startsWith('service:') ? mode.slice('service:'.length) : undefined
    if (shared !== undefined && valueAt(this.#profiled.tree, 'services', shared) === undefined)
      this.#refuseAt(
        service,
        'network_mode',
        path,
        `service ${JSON.stringify(shared)} not found for network_mode 'service:${shared}'`,
        'Name a service of the stack.',
      )
  }

  #tellLeftOut(other: string, inactive: LocatedEntry, place: Located['place'], path: Path): void {
    this.#problems.warning(
      place,
      [...path, 'depends_on', other],
      `${other} is not awaited: its profile ${profilesOf(inactive.value).join(', ')} is not active`,
      `Give --profile ${profilesOf(inactive.value)[0]} to have it.`,
    )
  }

  #healthcheck(service: Located, path: Path): void {
    const test = valueAt(service, 'healthcheck', 'test')
    if (test?.kind !== 'list' || test.items.length === 0) return
    if (['CMD', 'CMD-SHELL', 'NONE'].includes(textAt(test.items[0]) ?? '')) return
    this.#refuse(
      test.place,
      [...path, 'healthcheck', 'test'],
      'healthcheck.test must start either by "CMD", "CMD-SHELL" or "NONE"',
      'Write the command as one string, or begin the list with CMD.',
    )
  }

  #numbers(name: string, service: Located, path: Path): void {
    const pairs = [
      ['scale', ['deploy', 'replicas'], Number],
      ['cpus', ['deploy', 'resources', 'limits', 'cpus'], Number],
      ['mem_limit', ['deploy', 'resources', 'limits', 'memory'], readSize],
      ['mem_reservation', ['deploy', 'resources', 'reservations', 'memory'], readSize],
      ['pids_limit', ['deploy', 'resources', 'limits', 'pids'], Number],
    ] as const
    for (const [key, other, read] of pairs) {
      const [mine, theirs] = [textAt(service, key), textAt(service, ...other)]
      // As in Compose: limits without a memory are limits of none, but replicas have to be there to differ.
      const isThere =
        key === 'scale' ? theirs !== undefined : valueAt(service, ...other.slice(0, -1)) !== undefined
      if (mine === undefined || !isThere || read(mine) === read(theirs ?? '0')) continue
      this.#refuseAt(
        service,
        key,
        path,
        `services.${name}: can't set distinct values on '${key}' and '${other.join('.')}'`,
        `Keep ${other.join('.')}.`,
      )
    }
    const [scale, replicas] = [textAt(service, 'scale'), textAt(service, 'deploy', 'replicas')]
    if (Number(scale ?? 0) < 0 || Number(replicas ?? 0) < 0)
      this.#refuseAt(
        service,
        scale === undefined ? 'deploy' : 'scale',
        path,
        `services.${name}.${scale === undefined ? 'deploy.replicas' : 'scale'}: must be greater than or equal to 0`,
        'Write 0 or more.',
      )
    if (Number(scale ?? replicas ?? 1) > 1 && textAt(service, 'container_name'))
      this.#refuseAt(
        service,
        'container_name',
        path,
        `services.${scale === undefined ? 'deploy.replicas' : 'scale'}: can't set container_name and ${name} as container name must be unique`,
        'Take container_name out.',
      )
  }

  #targets(name: string, service: Located, path: Path): void {
    const mounts = new Map<string, string>()
    const note = (target: string, key: string, index: number, place: Located['place']) => {
      const where = `services.${name}.${key}[${index}]`
      const first = mounts.get(target)
      if (first === undefined) mounts.set(target, where)
      else
        this.#refuse(
          place,
          [...path, key, index],
          `${where}: target ${target} already mounted as ${first}`,
          'Give each a target of its own.',
        )
    }
    const tmpfs = valueAt(service, 'tmpfs')
    const texts = tmpfs?.kind === 'scalar' ? [tmpfs] : itemsOf(tmpfs)
    for (const [index, one] of texts.entries())
      note((textAt(one) ?? '').split(':')[0] ?? '', 'tmpfs', index, one.place)
    for (const [index, mount] of itemsOf(valueAt(service, 'volumes')).entries())
      note(textAt(mount, 'target') ?? '', 'volumes', index, mount.place)
  }

  containerNames(): void {
    const first = new Map<string, string>()
    for (const [name, { value }] of entriesOf(valueAt(this.#profiled.tree, 'services'))) {
      const container = textAt(value, 'container_name')
      if (container === undefined) continue
      const other = first.get(container)
      if (other === undefined) first.set(container, name)
      else
        this.#refuseAt(
          value,
          'container_name',
          ['services', name],
          `container name ${JSON.stringify(container)} is already in use by service ${other}`,
          'Take container_name out.',
        )
    }
  }

  /** Each circle of services that need each other is told once. */
  cycles(): void {
    const services = new Map(entriesOf(valueAt(this.#profiled.tree, 'services')))
    const done = new Set<string>()
    const visit = (name: string, trail: readonly string[]): void => {
      if (done.has(name)) return
      for (const [other, { place }] of entriesOf(valueAt(services.get(name)?.value, 'depends_on'))) {
        const trailed = [...trail, name]
        const at = trailed.indexOf(other)
        if (at >= 0)
          this.#refuse(
            place,
            ['services', name, 'depends_on', other],
            `dependency cycle detected: ${[...trailed.slice(at), other].join(' -> ')}`,
            'Let one of them start without the other.',
          )
        else visit(other, trailed)
      }
      done.add(name)
    }
    for (const name of [...services.keys()].sort()) visit(name, [])
  }

  #refuseAt(service: Located, key: string, path: Path, detail: string, remedy: string): void {
    const entry = service.kind === 'map' ? service.entries.get(key) : undefined
    this.#refuse(entry?.place ?? service.place, [...path, key], detail, remedy)
  }

  #refuse(place: Located['place'], path: Path, detail: string, remedy: string): void {
    this.#problems.error(place, path, detail, remedy)
  }
}
