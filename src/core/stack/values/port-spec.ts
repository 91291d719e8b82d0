import { parseAddress } from '../../address/address.ts'

/** One port of a short specification: `127.0.0.1:8000-8002:80/udp`. */
export interface PortBinding {
  readonly hostIp: string
  /** 0 to 0: none was given. */
  readonly published: readonly [first: number, last: number]
  readonly target: number
  readonly protocol: string
}

/** The ports that a short specification stands for, in its order; or why it stands for none. */
export function readPortSpec(spec: string): readonly PortBinding[] | string {
  const parts = spec.split(':')
  const [hostIp, hostPort, containerPart] =
    parts.length === 1
      ? ['', '', parts[0] ?? '']
      : [parts.slice(0, -2).join(':'), parts.at(-2) ?? '', parts.at(-1) ?? '']
  const slash = containerPart.indexOf('/')
  const container = slash < 0 ? containerPart : containerPart.slice(0, slash)
  if (container === '') return 'no container port is given'
  const protocol = (slash < 0 ? '' : containerPart.slice(slash + 1)).toLowerCase() || 'tcp'
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) return `invalid proto: ${protocol}`
  const ip = hostIp.startsWith('[') ? hostIp.replace(/^\[(.*)\]$/, '$1') : hostIp
  if (ip !== '' && !parseAddress(ip)) return `invalid IP address: ${ip}`
  const targets = readRange(container)
  if (!targets) return `invalid containerPort: ${container}`
  const published = hostPort === '' ? undefined : readRange(hostPort)
  if (hostPort !== '' && !published) return `invalid hostPort: ${hostPort}`
  const count = targets[1] - targets[0] + 1
  if (published && published[1] - published[0] + 1 !== count && count > 1)
    return `invalid ranges specified for container and host Ports: ${container} and ${hostPort}`
  return Array.from({ length: count }, (_, index) => ({
    hostIp: ip,
    published: publishedFor(published, count, index),
    target: targets[0] + index,
    protocol,
  }))
}

function publishedFor(published: Range | undefined, count: number, index: number): Range {
  if (!published) return [0, 0]
  // A range of published ports for one target stands for all of them.
  if (count === 1) return published
  return [published[0] + index, published[0] + index]
}

type Range = readonly [first: number, last: number]

function readRange(text: string): Range | undefined {
  const [first = '', last = first] = text.split('-')
  const range: Range = [readPort(first), readPort(last)]
  return range.every((port) => !Number.isNaN(port)) && range[0] <= range[1] ? range : undefined
}

function readPort(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535 ? port : Number.NaN
}
