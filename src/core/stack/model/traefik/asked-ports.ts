import type { CanonicalStack } from '../../canonical.ts'
import { labelsOf } from '../label-names.ts'
import type { ServiceNames } from '../service-names.ts'
import { askedHost } from './middlewares.ts'

/** A forward auth: of Traefik 2 and 3, and of 1. */
const ADDRESS =
  /^traefik\.(http\.middlewares\.[^.]+\.forwardauth|([a-z0-9_-]+\.)?frontend\.auth\.forward)\.address$/i

/** The ports of services of the stack that the ingress controller asks who somebody is, by the services' keys. */
export function askedPorts({ services }: CanonicalStack, names: ServiceNames): Map<string, Set<number>> {
  const ports = new Map<string, Set<number>>()
  for (const service of services.values()) {
    for (const [label, address] of labelsOf(service)) {
      const asked = ADDRESS.test(label) ? askedHost(address.trim()) : undefined
      const found = asked && names.find(asked.host)
      if (!found || asked.port < 1 || asked.port > 65535) continue
      ports.set(found.key, (ports.get(found.key) ?? new Set()).add(asked.port))
    }
  }
  return ports
}
