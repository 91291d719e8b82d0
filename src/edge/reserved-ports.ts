import { parsePortRange } from '../core/port-range.ts'
import { type PortKey, portKey } from '../core/route.ts'
import type { Settings } from './config/settings.ts'

/** Ports that no claim gets: those the edge's own servers listen on, and those of the config. */
export function reservedPorts({
  api,
  webhook,
  ports,
}: Pick<Settings, 'api' | 'webhook' | 'ports'>): Set<PortKey> {
  const reserved = new Set<PortKey>([portKey('tcp', api.listen.port)])
  if (webhook.listen) reserved.add(portKey('tcp', webhook.listen.port))
  for (const text of ports.reserved) {
    const { low, high } = parsePortRange(text) ?? { low: 1, high: 0 }
    for (let port = low; port <= high; port += 1) reserved.add(portKey('tcp', port)).add(portKey('udp', port))
  }
  return reserved
}
