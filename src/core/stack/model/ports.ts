import { parsePortRange } from '../../port-range.ts'
import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { Port, Protocol, Publish } from './service-model.ts'

/** What a service is reached at from outside, by numbers. */
export function readPublishes(service: CanonicalService, path: Path, findings: Findings): Publish[] {
  const publishes = published(service, path, findings)
  const udp = publishes.filter(({ protocol }) => protocol === 'UDP').length
  if (udp > 0)
    findings.warn(
      [...path, 'ports'],
      `edges forward TCP alone as yet, and refuse UDP's ports, of which there ${udp === 1 ? 'is one' : `are ${udp}`}`,
      'Lead its clients past the edge, to the node port; an edge that forwards UDP serves it by itself.',
    )
  return publishes
}

function published(service: CanonicalService, path: Path, findings: Findings): Publish[] {
  return service.ports.flatMap((port, index) => {
    const at = [...path, 'ports', index]
    if (port.host_ip && !/^(0\.0\.0\.0|::)$/.test(port.host_ip)) {
      findings.refuse(
        at,
        `the port is published on ${port.host_ip} alone, and Swarm would open it to everyone`,
        'Take the publish out: other services reach the port without it; kubectl port-forward reaches it from your machine.',
      )
      return []
    }
    const protocol = readProtocol(port.protocol ?? 'tcp')
    const isPort = (number: number, least: number) =>
      Number.isInteger(number) && least <= number && number <= 65535
    if (!protocol || !isPort(port.target, 1) || !isPort(port.published, 0)) {
      findings.refuse(
        at,
        'this is no port',
        'Write target: 1 to 65535, published: 1 to 65535, protocol: tcp, udp or sctp.',
      )
      return []
    }
    return [{ published: port.published, target: port.target, protocol, host: port.mode === 'host' }]
  })
}

/** The ports that a service is known to listen on, in order: those that it says, and `others`. */
export function readPorts(
  service: CanonicalService,
  others: Iterable<Port>,
  path: Path,
  findings: Findings,
): Port[] {
  const known = new Map<string, Port>()
  const add = (port: number, protocol: Protocol) => known.set(`${protocol}/${port}`, { port, protocol })
  for (const { target, protocol = 'tcp' } of service.ports) {
    const which = readProtocol(protocol)
    if (which && 1 <= target && target <= 65535) add(target, which)
  }
  service.expose.forEach((text, index) => {
    const [ports = '', protocol = 'tcp'] = text.split('/')
    const range = parsePortRange(ports)
    const which = readProtocol(protocol)
    if (!range || !which)
      findings.warn(
        [...path, 'expose', index],
        `${text} is no port, and is dropped`,
        'Write 8080 or 8080/udp.',
      )
    else for (let port = range.low; port <= range.high; port++) add(port, which)
  })
  for (const { port, protocol } of others) add(port, protocol)
  return [...known.values()].toSorted((a, b) => a.port - b.port || (a.protocol < b.protocol ? -1 : 1))
}

function readProtocol(text: string): Protocol | undefined {
  const protocol = text.toUpperCase()
  return protocol === 'TCP' || protocol === 'UDP' || protocol === 'SCTP' ? protocol : undefined
}

/** Ports of nodes that a cluster has for Services, unless its API server is told otherwise. */
const NODE_PORTS = 2_768

/** One port of the edge has one service. Refuses what asks for another's, and for more than a cluster can lead to. */
export function refuseSharedPorts(
  services: readonly { readonly key: string; readonly path: Path; readonly publishes: readonly Publish[] }[],
  findings: Findings,
): void {
  const owners = new Map<string, string>()
  const all = services.flatMap(({ publishes }) => publishes).length
  const [most] = services.toSorted((a, b) => b.publishes.length - a.publishes.length)
  if (most && all > NODE_PORTS)
    findings.refuse(
      [...most.path, 'ports'],
      `${all} ports are published, and a cluster has ${NODE_PORTS} for all its Services`,
      'Publish a narrower range, and tell the application.',
    )
  for (const { key, path, publishes } of services) {
    publishes.forEach(({ published, protocol, target }, index) => {
      if (published === 0) return
      const port = `${protocol}/${published}`
      const owner = owners.get(port)
      if (owner === undefined) owners.set(port, `${key}:${target}`)
      else if (owner !== `${key}:${target}`)
        findings.refuse(
          [...path, 'ports', index],
          `port ${published}/${protocol.toLowerCase()} is published by ${owner.split(':')[0]} already`,
          'Publish it under another number.',
        )
    })
  }
}
