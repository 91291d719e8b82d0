import type { Path } from '../place.ts'
import { slipsBetween } from '../slips.ts'
import { AS_COMPOSE } from './as-compose.ts'
import type { MapSchema } from './schema.ts'

/** Keys that Compose knows and Swarm does not, and what there is instead. */
const INSTEAD: Readonly<Record<string, string>> = {
  platform: 'Write deploy.placement.constraints: [node.platform.arch == x86_64] where it matters.',
  pids_limit: 'Write deploy.resources.limits.pids.',
  cpus: 'Write deploy.resources.limits.cpus.',
  mem_reservation: 'Write deploy.resources.reservations.memory.',
  scale: 'Write deploy.replicas.',
  profiles: 'Swarm knows no profiles: put the service into a file of its own, and give it with a further -c.',
  pull_policy: 'Swarm pulls always: leave it out.',
  gpus: 'Write deploy.resources.reservations.generic_resources.',
  runtime: 'Swarm has no runtimes: leave it out.',
  group_add: 'Write the group in user, as "uid:gid".',
  enable_ipv6: 'Swarm has no IPv6 in overlay networks: leave it out.',
  name: 'A stack is named when it is deployed: leave it out.',
  include: 'Give the files with several -c.',
  content: 'Put the content into a file, and write "file:".',
  host_ip: 'Swarm listens on every address: leave it out.',
  gateway: 'Swarm takes a subnet only: leave it out.',
}

/** In place of a version: the Compose Specification, whose keys have none. */
export const COMPOSE = Number.MAX_SAFE_INTEGER

/** What to write instead of a key that the schema does not have. */
export function unknownKeyRemedy(key: string, path: Path, schema: MapSchema, minor: number): string {
  const later = Object.hasOwn(schema.keys, key) ? schema.keys[key] : undefined
  const extra = key.startsWith('x-') ? schema.extrasSince : undefined
  const needed = extra ?? later?.since
  if (needed !== undefined && needed > minor)
    return `It needs version "3.${needed}" of the format: leave "version" out.`
  if (schema.others) return 'A name here is of letters, digits, ".", "_" and "-".'
  const near = nearest(key, Object.keys(schema.keys))
  if (near !== undefined) return `Did you mean ${near}?`
  const instead = Object.hasOwn(INSTEAD, key) ? INSTEAD[key] : undefined
  if (instead !== undefined && minor !== COMPOSE) return `${instead} ${AS_COMPOSE}`
  if (path.length === 0 && minor !== COMPOSE)
    return 'The top level has version, services, networks, volumes, secrets, configs and what begins with "x-".'
  return `Here may be: ${Object.keys(schema.keys).sort().join(', ')}.`
}

/** The known key that is one or two slips away. */
function nearest(key: string, known: readonly string[]): string | undefined {
  if (key.length > 30) return undefined
  const ranked = known
    .map((name) => ({ name, slips: slipsBetween(key.toLowerCase(), name) }))
    .filter(({ name, slips }) => slips <= (name.length > 4 ? 2 : 1))
    .sort((a, b) => a.slips - b.slips)
  return ranked[0]?.name
}
