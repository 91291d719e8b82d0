import type { CanonicalPort } from '../canonical-service.ts'
import type { Path, Place } from '../place.ts'
import { type PortBinding, readPortSpec } from '../values/port-spec.ts'
import { scalarText } from '../values/scalar-text.ts'
import { Fields } from './fields.ts'

/** A service's `ports`, short and long. A range becomes as many ports, each at the place of the range. */
export function readPorts(service: Fields): readonly CanonicalPort[] {
  const ports: CanonicalPort[] = []
  for (const { node, path } of service.items('ports')) {
    const here = [...service.path, 'ports', ports.length]
    if (node.kind === 'map') {
      service.reading.places.set(here, node.place)
      ports.push(longPort(new Fields(node, here, service.reading)))
    } else if (node.kind === 'scalar') {
      const more = shortPorts(service, scalarText(node.scalar), path, node.place)
      more.forEach((_, index) => {
        service.reading.places.set([...service.path, 'ports', ports.length + index], node.place)
      })
      ports.push(...more)
    }
  }
  return ports
}

function longPort(port: Fields): CanonicalPort {
  return {
    mode: port.text('mode'),
    target: port.whole('target') ?? 0,
    published: port.whole('published') ?? 0,
    protocol: port.text('protocol'),
  }
}

function shortPorts(service: Fields, spec: string, path: Path, place: Place): readonly CanonicalPort[] {
  const bindings = readPortSpec(spec)
  if (typeof bindings === 'string') {
    service.error(place, path, bindings, 'Write it like "8080:80/tcp".')
    return []
  }
  warnOfAddress(service, spec, bindings, path, place)
  // Docker sorts what a range stands for, as text.
  const sorted = [...bindings].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : keyOf(a) > keyOf(b) ? 1 : 0))
  return sorted.flatMap(({ hostIp, published: [first, last], target, protocol }) =>
    Array.from({ length: last - first + 1 }, (_, index) => ({
      mode: 'ingress',
      target,
      published: first + index,
      protocol,
      host_ip: hostIp || undefined,
    })),
  )
}

function keyOf({ target, protocol }: PortBinding): string {
  return `${target}/${protocol}`
}

function warnOfAddress(
  service: Fields,
  spec: string,
  bindings: readonly PortBinding[],
  path: Path,
  place: Place,
): void {
  const address = bindings[0]?.hostIp ?? ''
  if (address === '' || /^[0.:]*$/.test(address)) return
  const detail = `ignoring IP-address (${spec}) service will listen on '0.0.0.0'`
  const remedy = 'Publish nothing where only this host was meant: services reach each other without.'
  service.reading.problems.warning(place, path, detail, remedy)
}
