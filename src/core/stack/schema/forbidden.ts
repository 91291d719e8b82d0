import type { LocatedEntry, LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { AS_COMPOSE } from './as-compose.ts'

/** Keys of a service that Docker refuses by name, and what to write instead. */
const FORBIDDEN: Readonly<Record<string, string>> = {
  extends: 'Swarm does not extend: write the service out, or use a YAML anchor and "<<".',
  volume_driver: 'Define a volume under the top-level "volumes", with its driver there.',
  volumes_from: 'Define a volume under the top-level "volumes", and mount it in each service that shares it.',
  cpu_quota: 'Write deploy.resources.limits.cpus.',
  cpu_shares: 'Write deploy.resources.reservations.cpus.',
  cpuset: 'Write deploy.resources.limits.cpus.',
  mem_limit: 'Write deploy.resources.limits.memory.',
  memswap_limit: 'Write deploy.resources.limits.memory.',
}

/** Refuses what Docker forbids, and takes it out, so that nothing complains of it again. */
export function withoutForbidden(tree: LocatedMap, problems: Problems): LocatedMap {
  const services = tree.entries.get('services')
  if (services?.value.kind !== 'map') return tree
  const kept = new Map<string, LocatedEntry>()
  for (const [name, entry] of services.value.entries) {
    const value = entry.value.kind === 'map' ? allowedOf(name, entry.value, problems) : entry.value
    kept.set(name, { ...entry, value })
  }
  const value = { ...services.value, entries: kept }
  return { ...tree, entries: new Map([...tree.entries, ['services', { ...services, value }]]) }
}

function allowedOf(name: string, service: LocatedMap, problems: Problems): LocatedMap {
  const entries = new Map(service.entries)
  for (const [key, { place }] of service.entries) {
    const remedy = Object.hasOwn(FORBIDDEN, key) ? FORBIDDEN[key] : undefined
    if (remedy === undefined) continue
    const detail = `Configuration contains forbidden properties: services.${name}.${key}`
    problems.error(place, ['services', name, key], detail, `${remedy} ${AS_COMPOSE}`)
    entries.delete(key)
  }
  return { ...service, entries }
}
