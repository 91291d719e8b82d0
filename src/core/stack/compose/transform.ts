import { cleanPath } from '../canonical/host-path.ts'
import { readMountSpec } from '../canonical/mount-spec.ts'
import type { Located, LocatedMap } from '../located.ts'
import { isNull } from '../located.ts'
import type { Path, Place } from '../place.ts'
import type { Problems } from '../problem.ts'
import { readPortSpec } from '../values/port-spec.ts'
import { mapping, startedNode } from './merge-trees.ts'
import {
  fieldsNode,
  listNode,
  nullNode,
  scalarNode,
  textAt,
  textNode,
  withEntry,
  without,
  withValue,
} from './nodes.ts'

type Change = (node: Located, path: Path, problems: Problems) => Located

/** The long form of what a service may say in short. */
const SERVICE: Readonly<Record<string, Change>> = {
  build,
  depends_on: dependsOn,
  env_file: envFiles,
  label_file: asList,
  dns: (node) => (isNull(node) ? node : withoutEmpty(asList(node))),
  gpus: (node) =>
    node.kind === 'list'
      ? node
      : listNode([fieldsNode({ count: textNode('all', node.place) }, node.place)], node.place),
  networks: (node) => mapping(node, ({ place }) => nullNode(place)),
  models: (node) => mapping(node, ({ place }) => nullNode(place)),
  volumes: each(mount),
  devices: each(device),
  secrets: each(reference),
  configs: each(reference),
  ports,
}

/** Each short form of a merged file as the long one that it stands for. */
export function transform(tree: LocatedMap, problems: Problems): LocatedMap {
  const services = withValue(tree, 'services', (node) =>
    mapValues(node, (service, name) => ofService(service, name, problems)),
  )
  return ['volumes', 'networks', 'secrets', 'configs'].reduce(
    (here, section) =>
      withValue(here, section, (node) =>
        mapValues(node, (value, name) => external(value, [section, name], problems)),
      ),
    services,
  )
}

function mapValues(node: Located, change: (value: Located, key: string) => Located): Located {
  if (node.kind !== 'map') return node
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { ...entry, value: change(entry.value, key) }] as const,
  )
  return { ...node, entries: new Map(entries) }
}

function ofService(service: Located, name: string, problems: Problems): Located {
  if (service.kind !== 'map') return service
  return Object.entries(SERVICE).reduce(
    (map, [key, change]) => withValue(map, key, (node) => change(node, ['services', name, key], problems)),
    service,
  )
}

function each(change: Change): Change {
  return (node, path, problems) =>
    node.kind === 'list'
      ? { ...node, items: node.items.map((item, index) => change(item, [...path, index], problems)) }
      : node
}

function build(node: Located, path: Path, problems: Problems): Located {
  if (node.kind !== 'map') return fieldsNode({ context: node }, node.place)
  return withValue(node, 'secrets', (list) => each(reference)(list, [...path, 'secrets'], problems))
}

function asList(node: Located): Located {
  return node.kind === 'scalar' && !isNull(node) ? listNode([node], node.place) : node
}

function withoutEmpty(node: Located): Located {
  return node.kind === 'list' ? { ...node, items: node.items.filter((item) => textAt(item)) } : node
}

function dependsOn(node: Located): Located {
  const long = mapping(node, ({ place }) => startedNode(place))
  return mapValues(long, (value) => {
    if (value.kind !== 'map') return value
    const full = [...startedNode(value.place).entries].filter(([key]) => !value.entries.has(key))
    return { ...value, entries: new Map([...value.entries, ...full]) }
  })
}

function envFiles(node: Located): Located {
  const list = asList(node)
  if (list.kind !== 'list') return list
  const items = list.items.map((item) => {
    const long = item.kind === 'map' ? item : fieldsNode({ path: item }, item.place)
    const required = scalarNode({ form: 'bool', value: true }, item.place)
    return long.entries.has('required')
      ? long
      : withEntry(long, 'required', { place: item.place, value: required })
  })
  return { ...list, items }
}

function reference(node: Located): Located {
  return node.kind === 'map' ? node : fieldsNode({ source: node }, node.place)
}

function device(node: Located, path: Path, problems: Problems): Located {
  if (node.kind === 'map') return node
  const parts = (textAt(node) ?? '').split(':')
  const [source = '', target = '', permissions = 'rwm'] = parts
  if (parts.length > 3)
    problems.error(
      node.place,
      path,
      `confusing device mapping, please use long syntax: ${parts.join(':')}`,
      'Write source:, target: and permissions:.',
    )
  const text = (value: string) => textNode(value, node.place)
  return fieldsNode(
    { source: text(source), target: text(target || source), permissions: text(permissions) },
    node.place,
  )
}

function mount(node: Located, path: Path, problems: Problems): Located {
  if (node.kind === 'map') return node
  const read = readMountSpec(textAt(node) ?? '')
  if (typeof read === 'string') {
    problems.error(node.place, path, read, 'Write "source:target" or "source:target:ro".')
    return fieldsNode({}, node.place)
  }
  const { place } = node
  const { type, source, target, read_only, bind, volume } = read.mount
  const text = (value: string | undefined) => (value === undefined ? undefined : textNode(value, place))
  const flag = (value: boolean) => scalarNode({ form: 'bool', value }, place)
  const selinux = read.ignored.findLast((option) => /^z$/i.test(option))
  const ignored = read.ignored.filter((option) => !/^z$/i.test(option))
  if (ignored.length > 0)
    problems.warning(place, path, `the mount option ${ignored.join(', ')} does nothing`, 'Leave it out.')
  const hasBind = type === 'bind' || bind !== undefined || selinux !== undefined
  return fieldsNode(
    {
      type: text(type),
      source: text(source),
      target: text(target && cleanPath(target)),
      read_only: read_only ? flag(true) : undefined,
      bind: hasBind
        ? fieldsNode(
            {
              selinux: text(selinux),
              propagation: text(bind?.propagation),
              create_host_path: type === 'bind' ? flag(true) : undefined,
            },
            place,
          )
        : undefined,
      volume:
        type === 'volume' || volume
          ? fieldsNode({ nocopy: volume?.nocopy ? flag(true) : undefined }, place)
          : undefined,
    },
    place,
  )
}

function ports(node: Located, path: Path, problems: Problems): Located {
  if (node.kind !== 'list') return node
  const items = node.items.flatMap((item, index) =>
    item.kind === 'map' ? [item] : shortPorts(textAt(item) ?? '', item.place, [...path, index], problems),
  )
  return { ...node, items }
}

/** A range of published ports for one target stays a range: Docker takes a free one of them. */
function shortPorts(spec: string, place: Place, path: Path, problems: Problems): readonly Located[] {
  const bindings = readPortSpec(spec)
  if (typeof bindings === 'string') {
    problems.error(place, path, bindings, 'Write it like "8080:80/tcp".')
    return []
  }
  const key = ({ target, protocol }: (typeof bindings)[number]) => `${target}/${protocol}`
  return [...bindings]
    .sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0))
    .map(({ hostIp, published: [first, last], target, protocol }) =>
      fieldsNode(
        {
          mode: textNode('ingress', place),
          host_ip: hostIp === '' ? undefined : textNode(hostIp, place),
          target: scalarNode({ form: 'int', value: target }, place),
          published:
            last === 0 ? undefined : textNode(first === last ? `${first}` : `${first}-${last}`, place),
          protocol: textNode(protocol, place),
        },
        place,
      ),
    )
}

/** `external: {name: X}` is the old way to write `external: true` and `name: X`. */
function external(node: Located, path: Path, problems: Problems): Located {
  const entry = node.kind === 'map' ? node.entries.get('external') : undefined
  if (node.kind !== 'map' || entry?.value.kind !== 'map') return node
  const made = withEntry(node, 'external', {
    ...entry,
    value: scalarNode({ form: 'bool', value: true }, entry.place),
  })
  const oldName = entry.value.entries.get('name')
  const name = textAt(node, 'name')
  const old = oldName && textAt(oldName.value)
  if (!oldName || old === undefined) return made
  const where = path.join('.')
  const remedy = `Write "external: true" and "name: ${old}".`
  if (name !== undefined && name !== old)
    problems.error(oldName.place, path, `${where}: name and external.name conflict; only use name`, remedy)
  else
    problems.warning(
      oldName.place,
      path,
      `${where}: external.name is deprecated. Please set name and external: true`,
      remedy,
    )
  return name === undefined ? withEntry(without(made, 'name'), 'name', oldName) : made
}
