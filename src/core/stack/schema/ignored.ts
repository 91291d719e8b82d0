import type { Located, LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { AS_COMPOSE } from './as-compose.ts'

/** Keys of a service that Docker's CLI takes and Swarm does nothing with; and what to do about each. */
export const IGNORED: Readonly<Record<string, string>> = {
  build: 'Build and push the image beforehand, and name it in "image".',
  cgroup_parent: 'Leave it out.',
  cgroupns_mode: 'Leave it out.',
  container_name: 'Leave it out: a service is reached by its name.',
  depends_on: 'Leave it out: all services start at once, and are restarted until what they need is there.',
  devices: 'Leave it out: on Kubernetes devices come from device plugins.',
  domainname: 'Write "hostname", or an alias of a network.',
  expose: 'It may stay: on Kubernetes it says which ports the service listens on.',
  external_links: 'Use a network that both stacks share.',
  ipc: 'Leave it out.',
  links:
    'Leave it out: services of one network reach each other by their names, and by aliases of a network.',
  mac_address: 'Leave it out.',
  network_mode: 'Name the networks in "networks", or publish ports with "mode: host".',
  pid: 'Leave it out.',
  privileged: 'Leave it out, and add what is needed with "cap_add".',
  security_opt: 'Leave it out.',
  shm_size: 'Mount a tmpfs at /dev/shm.',
  userns_mode: 'Leave it out.',
}

/** Warns of every key that Swarm ignores, at its line: nothing is dropped in silence. */
export function warnOfIgnored(tree: LocatedMap, problems: Problems): void {
  for (const [name, service] of mapEntries(tree.entries.get('services')?.value)) {
    const entries = mapOf(service.value)
    for (const [key, { place }] of entries) {
      const advice = Object.hasOwn(IGNORED, key) ? IGNORED[key] : undefined
      if (advice === undefined) continue
      // Only Compose has a service without an image.
      const remedy = key === 'build' && !entries.has('image') ? `${advice} ${AS_COMPOSE}` : advice
      problems.warning(place, ['services', name, key], `services.${name}.${key} is ignored by Swarm`, remedy)
    }
  }
}

function mapEntries(node: Located | undefined) {
  return node ? mapOf(node) : new Map()
}

function mapOf(node: Located): LocatedMap['entries'] {
  return node.kind === 'map' ? node.entries : new Map()
}
