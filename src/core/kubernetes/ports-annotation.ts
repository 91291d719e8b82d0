import { PORTS } from '../annotation-names.ts'
import type { ServiceObject, ServicePort } from './objects.ts'
import { listed, type PortRef, quoted } from './problem.ts'

/** A frontend port, and the port of the Service that is behind it. */
export interface Frontend {
  readonly port: number
  readonly target: ServicePort
}

/** As the Service's user knows it. */
export function portRef({ port, target: { protocol } }: Frontend): PortRef {
  return { port, protocol }
}

const FORM = /^(\d{1,5})(?::([a-z0-9-]{1,63}))?(?:\/(tcp|udp))?$/i

const EXAMPLE =
  'write "8443:https" or "53:5353/udp": the frontend port, and the name or number of a port of this Service'

/**
 * The frontend ports that `homeport.dev/ports` names: `8443:mqtts,8080:http,53:5353/udp`, or `8443` alone where the
 * Service's port has that number. A number that is both a TCP and a UDP port is TCP unless told.
 */
export function readFrontends(service: ServiceObject, faults: string[]): Frontend[] {
  const text = service.annotations[PORTS]
  if (text === undefined) return []
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  const find = finder(service.ports)
  const frontends = new Map<string, Frontend>()
  const malformed: string[] = []
  const missing: string[] = []
  const twice: string[] = []
  for (const part of parts) {
    const [, portText, targetText = portText, protocol] = FORM.exec(part) ?? []
    const port = Number(portText)
    if (targetText === undefined || !(port >= 1 && port <= 65_535)) {
      malformed.push(part)
      continue
    }
    const target = find(targetText, protocol?.toUpperCase())
    const key = `${port}/${target?.protocol}`
    if (!target) missing.push(part)
    else if (frontends.has(key)) twice.push(part)
    else frontends.set(key, { port, target })
  }
  if (malformed.length > 0) faults.push(`${PORTS} has ${listed(malformed.map(quoted))}: ${EXAMPLE}`)
  if (missing.length > 0) {
    const there = listed(service.ports.map(portName)) || 'none'
    faults.push(`${PORTS} has ${listed(missing.map(quoted))}, but the Service's ports are: ${there}`)
  }
  if (twice.length > 0) faults.push(`${PORTS} has a frontend port twice: ${listed(twice.map(quoted))}`)
  if (parts.length === 0) faults.push(`${PORTS} is ${quoted(text)}: ${EXAMPLE}`)
  return [...frontends.values()]
}

/** Finds a Service's port by name or number in constant time: there may be thousands. */
function finder(ports: readonly ServicePort[]) {
  const found = new Map<string, ServicePort>()
  const add = (key: string, port: ServicePort) => found.has(key) || found.set(key, port)
  const tcpFirst = [...ports.filter(({ protocol }) => protocol === 'TCP'), ...ports]
  for (const port of tcpFirst) {
    add(`${port.port}/${port.protocol}`, port)
    add(`${port.port}`, port)
    // Names are unique within a Service, and never all digits.
    if (port.name) add(`${port.name}/${port.protocol}`, port)
    if (port.name) add(port.name, port)
  }
  return (target: string, protocol: string | undefined) =>
    found.get(protocol === undefined ? target : `${target}/${protocol}`)
}

function portName({ name, port, protocol }: ServicePort): string {
  return name ? `${name} (${port}/${protocol})` : `${port}/${protocol}`
}
