import { listOrMap, options } from './common-schemas.ts'
import { boolean, choice, list, map, mapOf, NAME, since, string } from './make-schema.ts'
import type { MapSchema } from './schema.ts'
import { serviceSchema } from './service-schema.ts'

const external = choice(boolean, map({ name: string }))
const looseExternal = choice(boolean, map({ name: string }, { unknown: 'allowed' }))

const network = map(
  {
    name: since(5, string),
    driver: string,
    driver_opts: options,
    ipam: map({ driver: string, config: list(map({ subnet: string })) }),
    external,
    internal: boolean,
    attachable: since(2, boolean),
    labels: listOrMap,
  },
  { nullable: true, extrasSince: 7 },
)

const loose = { unknown: 'allowed' } as const
const topology = list(map({ segments: listOrMap }, loose))

const clusterSpec = map(
  {
    group: string,
    access_mode: map(
      {
        scope: string,
        sharing: string,
        block_volume: map({}, loose),
        mount_volume: map({ fs_type: string, mount_flags: list(string) }, loose),
      },
      loose,
    ),
    accessibility_requirements: map({ requisite: topology, preferred: topology }, loose),
    capacity_range: map({ required_bytes: string, limit_bytes: string }, loose),
    availability: string,
  },
  loose,
)

const volume = map(
  {
    name: since(4, string),
    driver: string,
    driver_opts: options,
    external,
    labels: since(1, listOrMap),
    'x-cluster-spec': since(10, clusterSpec),
  },
  { nullable: true, extrasSince: 7 },
)

const config = map(
  {
    name: since(5, string),
    file: string,
    external: looseExternal,
    labels: listOrMap,
    template_driver: since(8, string),
  },
  { extrasSince: 7 },
)

const secret: MapSchema = {
  ...config,
  keys: { ...config.keys, driver: since(8, string), driver_opts: since(8, options) },
}

/** The latest minor version of the format, which a file without one is read as. */
export const LATEST = 13

/** A whole stack file. */
export const stackSchema = map(
  {
    version: string,
    services: mapOf(serviceSchema, NAME),
    networks: { ...mapOf(network, NAME), unknown: 'allowed' },
    volumes: mapOf(volume, NAME),
    secrets: since(1, mapOf(secret, NAME)),
    configs: since(3, mapOf(config, NAME)),
  },
  { extrasSince: 4 },
)
