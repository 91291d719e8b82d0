import type { Located, LocatedMap } from '../located.ts'
import type { Lowering } from './lowering.ts'
import { itemsOf, listNode, scalarNode, textAt, textNode, valueAt, withEntry, without } from './nodes.ts'

/** Ports as Swarm has them. One that is published on an address of the host alone never becomes public: it stays inside. */
export function lowerPorts(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const ports = service.entries.get('ports')
  if (!ports) return service
  const all = itemsOf(ports.value)
  const inside = all.filter(isOfOneAddress)
  for (const port of inside) tellInside(port, name, lowering)
  const published = all.filter((port) => !isOfOneAddress(port)).map((port) => lowerPort(port, name, lowering))
  const exposed = inside.map((port) => {
    const protocol = textAt(port, 'protocol') ?? 'tcp'
    return textNode(`${textAt(port, 'target')}${protocol === 'tcp' ? '' : `/${protocol}`}`, port.place)
  })
  const withPorts = withEntry(service, 'ports', { ...ports, value: listNode(published, ports.place) })
  if (exposed.length === 0) return withPorts
  const expose = listNode([...itemsOf(valueAt(service, 'expose')), ...exposed], ports.place)
  return withEntry(withPorts, 'expose', { place: ports.place, value: expose })
}

function isOfOneAddress(port: Located): boolean {
  return !/^(0\.0\.0\.0|::|)$/.test(textAt(port, 'host_ip') ?? '')
}

function tellInside(port: Located, name: string, lowering: Lowering): void {
  const [address, published, target] = ['host_ip', 'published', 'target'].map(
    (key) => textAt(port, key) ?? '',
  )
  const path = ['services', name, 'ports', `${address}:${published}:${target}`]
  lowering.warn(
    path,
    port.place,
    `the port ${target} is published on ${address} alone: it stays within the cluster, and the edge does not have it`,
    `kubectl port-forward reaches it from your machine; write ${published || target}:${target} to open it to all.`,
  )
}

/** Of a range for one port Docker takes one that is free; here it is the first. */
function lowerPort(port: Located, name: string, lowering: Lowering): Located {
  if (port.kind !== 'map') return port
  const written = textAt(port, 'published') ?? ''
  const [first = '', last] = written.split('-')
  if (last !== undefined && last !== first)
    lowering.warn(
      ['services', name, 'ports', written],
      port.place,
      `of the ports ${written} the first is taken: ${first}`,
      'Write the one that is meant.',
    )
  const bare = ['host_ip', 'published', 'app_protocol', 'name'].reduce(without, port)
  const target = Number(textAt(port, 'target'))
  const typed = withEntry(bare, 'target', {
    place: port.place,
    value: scalarNode({ form: 'int', value: target }, port.place),
  })
  if (first === '') return typed
  const value = scalarNode({ form: 'int', value: Number(first) }, port.place)
  return withEntry(typed, 'published', { place: port.place, value })
}
