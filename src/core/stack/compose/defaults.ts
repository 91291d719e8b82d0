import type { Located, LocatedMap } from '../located.ts'
import {
  fieldsNode,
  mapNode,
  nullNode,
  scalarNode,
  textAt,
  textNode,
  valueAt,
  withEntry,
  withValue,
} from './nodes.ts'

/**
 * What is there though nobody wrote it, as Compose prints it: defaults, and the services that others need by the way.
 * @param folder that of the project, in which an image is built where nothing else is said.
 */
export function setDefaults(tree: LocatedMap, folder: string): LocatedMap {
  return withDefaultNetwork(
    withValue(tree, 'services', (node) => eachIn(node, (service) => ofService(service, folder))),
  )
}

export function eachIn(node: Located, change: (value: Located, key: string) => Located): Located {
  if (node.kind === 'list')
    return { ...node, items: node.items.map((item, index) => change(item, `${index}`)) }
  if (node.kind !== 'map') return node
  const entries = [...node.entries].map(
    ([key, entry]) => [key, { ...entry, value: change(entry.value, key) }] as const,
  )
  return { ...node, entries: new Map(entries) }
}

function ofService(service: Located, folder: string): Located {
  if (service.kind !== 'map') return service
  const built = withValue(service, 'build', (node) =>
    withDefault(
      withDefault(node, 'context', folder),
      'dockerfile',
      textAt(node, 'dockerfile_inline') === undefined ? 'Dockerfile' : undefined,
    ),
  )
  const secrets = withValue(built, 'secrets', (list) =>
    eachIn(list, (one) => withDefault(one, 'target', `/run/secrets/${textAt(one, 'source') ?? ''}`)),
  )
  const ports = withValue(secrets, 'ports', (list) =>
    eachIn(list, (one) => withDefault(withDefault(one, 'protocol', 'tcp'), 'mode', 'ingress')),
  )
  const gpus = withValue(ports, 'gpus', (list) => eachIn(list, deviceRequest))
  const deploy = withValue(gpus, 'deploy', (node) =>
    within(node, ['resources', 'reservations', 'devices'], (list) => eachIn(list, deviceRequest)),
  )
  const pulled = withValue(deploy, 'pull_policy', (node) =>
    textAt(node) === 'if_not_present' ? textNode('missing', node.place) : node,
  )
  return withNeeded(pulled)
}

function withDefault(node: Located, key: string, value: string | undefined): Located {
  if (node.kind !== 'map' || node.entries.has(key) || value === undefined) return node
  return withEntry(node, key, { place: node.place, value: textNode(value, node.place) })
}

function deviceRequest(node: Located): Located {
  return valueAt(node, 'device_ids') ? node : withDefault(node, 'count', 'all')
}

function within(
  node: Located,
  [key, ...rest]: readonly string[],
  change: (node: Located) => Located,
): Located {
  if (key === undefined) return change(node)
  return node.kind === 'map' ? withValue(node, key, (value) => within(value, rest, change)) : node
}

/** Links and shared volumes or networks need the other service, as if it stood in `depends_on`. */
function withNeeded(service: LocatedMap): LocatedMap {
  const needed = [
    ...textsOf(service, 'links').map(({ text, node }) => ({
      name: text.split(':')[0] ?? '',
      restart: true,
      node,
    })),
    ...['network_mode', 'ipc', 'pid', 'uts', 'cgroup'].flatMap((key) => {
      const node = valueAt(service, key)
      const name = /^service:(.*)$/.exec(textAt(node) ?? '')?.[1]
      return node && name !== undefined ? [{ name, restart: true, node }] : []
    }),
    ...textsOf(service, 'volumes_from')
      .filter(({ text }) => !text.startsWith('container:'))
      .map(({ text, node }) => ({ name: text.split(':')[0] ?? '', restart: false, node })),
  ]
  return needed.reduce((map, { name, restart, node: { place } }) => {
    const there = map.entries.get('depends_on') ?? { place, value: mapNode([], place) }
    if (there.value.kind !== 'map' || there.value.entries.has(name)) return map
    const value = fieldsNode(
      {
        condition: textNode('service_started', place),
        restart: scalarNode({ form: 'bool', value: restart }, place),
        required: scalarNode({ form: 'bool', value: true }, place),
      },
      place,
    )
    return withEntry(map, 'depends_on', { ...there, value: withEntry(there.value, name, { place, value }) })
  }, service)
}

function textsOf(service: LocatedMap, key: string): readonly { text: string; node: Located }[] {
  const list = valueAt(service, key)
  if (list?.kind !== 'list') return []
  return list.items.flatMap((node) => {
    const text = textAt(node)
    return text === undefined ? [] : [{ text, node }]
  })
}

/** A service that names no network is on `default`, which is there where it is used. */
function withDefaultNetwork(tree: LocatedMap): LocatedMap {
  let isUsed = false
  const attached = withValue(tree, 'services', (node) =>
    eachIn(node, (service) => {
      if (service.kind !== 'map' || service.entries.has('network_mode') || service.entries.has('provider'))
        return service
      const networks = service.entries.get('networks')
      const isNone =
        networks === undefined || (networks.value.kind === 'map' && networks.value.entries.size === 0)
      isUsed ||= isNone || valueAt(service, 'networks', 'default') !== undefined
      if (!isNone) return service
      const { place } = networks ?? service
      const only = mapNode([['default', { place, value: nullNode(place) }]], place)
      return withEntry(service, 'networks', { place, value: only })
    }),
  )
  const networks = attached.entries.get('networks') ?? { place: tree.place, value: mapNode([], tree.place) }
  if (!isUsed || networks.value.kind !== 'map' || networks.value.entries.has('default')) return attached
  const value = withEntry(networks.value, 'default', { place: tree.place, value: nullNode(tree.place) })
  return withEntry(attached, 'networks', { ...networks, value })
}
