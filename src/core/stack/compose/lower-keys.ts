import type { LocatedMap } from '../located.ts'
import type { Lowering } from './lowering.ts'
import { itemsOf, listNode, textAt, textNode, valueAt, withEntry, without } from './nodes.ts'
import { withDeep } from './with-deep.ts'

/** Nothing is built. An image that is named has to be there, pushed by somebody. */
export function lowerBuild(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const build = service.entries.get('build')
  const image = textAt(service, 'image')
  if (!build || !image) return service
  lowering.warn(
    ['services', name, 'build'],
    build.place,
    `nothing is built here: ${image} has to be in its registry before`,
    `docker compose build ${name} && docker compose push ${name}`,
  )
  return without(service, 'build')
}

/** `linux/arm64` is where it may run. */
export function lowerPlatform(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const node = valueAt(service, 'platform')
  const [system = '', architecture] = (textAt(node) ?? '').split('/')
  if (!node || system === '') return service
  if (!/^(linux|windows)$/.test(system)) {
    lowering.refuse(
      ['services', name, 'platform'],
      node.place,
      `no node of Kubernetes is of the platform ${textAt(node)}`,
      'Take it out, and name an image for linux.',
    )
    return service
  }
  const there = itemsOf(valueAt(service, 'deploy', 'placement', 'constraints'))
  const more = [
    `node.platform.os == ${system}`,
    ...(architecture ? [`node.platform.arch == ${architecture}`] : []),
  ]
  const all = [...there, ...more.map((text) => textNode(text, node.place))]
  return withDeep(service, ['deploy', 'placement', 'constraints'], listNode(all, node.place))
}

/** No process gains privileges unless it is let; other options of Docker are not Kubernetes'. */
export function lowerSecurity(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  for (const option of itemsOf(valueAt(service, 'security_opt'))) {
    const text = textAt(option) ?? ''
    if (/^no-new-privileges([:=]true)?$/.test(text)) continue
    const remedy =
      'Pods run with the seccomp profile RuntimeDefault; patch securityContext where that is too little.'
    lowering.warn(
      ['services', name, 'security_opt', text],
      option.place,
      `security_opt ${text} is dropped`,
      remedy,
    )
  }
  return withHosts(service)
}

/** One `host:address` for each address, as Swarm has them. */
function withHosts(service: LocatedMap): LocatedMap {
  const hosts = service.entries.get('extra_hosts')
  if (!hosts) return service
  const { place, value } = hosts
  const pairs =
    value.kind === 'map'
      ? [...value.entries].flatMap(([host, entry]) =>
          (entry.value.kind === 'list' ? entry.value.items : [entry.value]).map((one) => ({
            host,
            list: textAt(one) ?? '',
            at: one.place,
          })),
        )
      : itemsOf(value).map((item) => {
          const [, host = '', list = ''] = /^([^=:]*)[=:](.*)$/.exec(textAt(item) ?? '') ?? []
          return { host, list, at: item.place }
        })
  const items = pairs.flatMap(({ host, list, at }) =>
    list.split(',').map((address) => textNode(`${host}:${address}`, at)),
  )
  return withEntry(service, 'extra_hosts', { place, value: listNode(items, place) })
}

const NAMESPACES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  network_mode: [
    'network',
    'Take it out: services reach each other by their names, and ports are published by number.',
  ],
  pid: [
    'processes',
    'Take it out; what looks at the processes of a node is a DaemonSet of its own chart (node exporter, say).',
  ],
  ipc: ['shared memory', 'Take it out, or put both programs into one image.'],
}

/** What a container shares with its host or with another one: a pod is alone, and on a network of its own. */
export function refuseSharedNamespaces(service: LocatedMap, name: string, lowering: Lowering): void {
  for (const [key, [what, remedy]] of Object.entries(NAMESPACES)) {
    const node = valueAt(service, key)
    const text = textAt(node)
    if (!node || text === undefined || text === '') continue
    const path = ['services', name, key]
    if (text === 'host')
      lowering.refuse(
        path,
        node.place,
        `${key} host is refused: the pod would have the ${what} of its node, past all that keeps stacks apart`,
        remedy,
      )
    else if (/^(service|container):/.test(text))
      lowering.refuse(
        path,
        node.place,
        `${key} ${text} is refused: a pod has no part in the ${what} of another`,
        remedy,
      )
    else if (key === 'network_mode' && text === 'none')
      lowering.refuse(
        path,
        node.place,
        'network_mode none is refused: every pod is on the network',
        'Take it out, and write a NetworkPolicy that lets nothing in or out.',
      )
    else lowering.warn(path, node.place, `${key} ${text} is dropped: every pod has its own ${what}`)
  }
}
