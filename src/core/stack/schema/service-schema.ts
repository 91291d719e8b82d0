import { listOfStrings, listOrMap, options, stringOrList, words } from './common-schemas.ts'
import { deploySchema } from './deploy-schema.ts'
import {
  boolean,
  choice,
  duration,
  integer,
  list,
  map,
  mapOf,
  NAME,
  number,
  scalar,
  set,
  since,
  string,
} from './make-schema.ts'
import type { KeySchema, Schema } from './schema.ts'

const build = choice(
  string,
  map(
    {
      context: string,
      dockerfile: string,
      args: listOrMap,
      labels: since(3, listOrMap),
      cache_from: since(2, listOfStrings),
      network: since(4, string),
      target: since(4, string),
      shm_size: since(5, scalar('integer', 'string')),
      extra_hosts: since(9, listOrMap),
    },
    { unknownSince: 11 },
  ),
)

const reference = choice(
  string,
  map({ source: string, target: string, uid: string, gid: string, mode: number }, { unknown: 'allowed' }),
)

const healthcheck = map({
  disable: boolean,
  interval: duration(4),
  retries: number,
  test: words,
  timeout: duration(4),
  start_period: since(4, duration()),
  start_interval: since(12, duration()),
})

const logging = map({
  driver: string,
  options: { ...mapOf(scalar('string', 'number', 'null')), unknown: 'allowed' },
})

const attachment = map(
  { aliases: listOfStrings, driver_opts: since(13, options), ipv4_address: string, ipv6_address: string },
  { nullable: true },
)

const port = choice(
  { ...scalar('number', 'string'), format: 'ports' },
  map({ mode: string, target: integer, published: integer, protocol: string }, { longFormSince: 2 }),
)

const mount = choice(
  string,
  map(
    {
      type: string,
      source: string,
      target: string,
      read_only: boolean,
      consistency: string,
      bind: map({ propagation: string }, { unknown: 'allowed' }),
      volume: map({ nocopy: boolean }, { unknown: 'allowed' }),
      tmpfs: since(6, map({ size: { ...integer, least: 0 } }, { unknown: 'allowed' })),
    },
    { required: ['type'], longFormSince: 2 },
  ),
)

const ulimits = {
  ...mapOf(
    choice(integer, map({ hard: integer, soft: integer }, { required: ['soft', 'hard'] })),
    /^[a-z]+$/,
  ),
  unknown: 'allowed',
} as const

const keys: Readonly<Record<string, Schema | KeySchema>> = {
  deploy: deploySchema,
  build,
  cap_add: listOfStrings,
  cap_drop: listOfStrings,
  cgroupns_mode: since(9, string),
  cgroup_parent: string,
  command: words,
  configs: since(3, list(reference)),
  container_name: string,
  credential_spec: since(3, map({ config: since(8, string), file: string, registry: string })),
  depends_on: listOfStrings,
  devices: listOfStrings,
  dns: stringOrList,
  dns_search: stringOrList,
  domainname: string,
  entrypoint: words,
  env_file: stringOrList,
  environment: listOrMap,
  expose: set(scalar('string', 'number')),
  external_links: listOfStrings,
  extra_hosts: listOrMap,
  healthcheck,
  hostname: string,
  image: string,
  init: since(7, boolean),
  ipc: string,
  isolation: since(5, string),
  labels: listOrMap,
  links: listOfStrings,
  logging,
  mac_address: string,
  network_mode: string,
  networks: choice(listOfStrings, mapOf(attachment, NAME)),
  pid: scalar('string', 'null'),
  ports: set(port),
  privileged: boolean,
  read_only: boolean,
  restart: string,
  security_opt: listOfStrings,
  shm_size: scalar('number', 'string'),
  secrets: since(1, list(reference)),
  sysctls: listOrMap,
  stdin_open: boolean,
  stop_grace_period: duration(),
  stop_signal: string,
  tmpfs: stringOrList,
  tty: boolean,
  ulimits,
  oom_score_adj: since(13, integer),
  user: string,
  userns_mode: string,
  volumes: list(mount),
  working_dir: string,
}

export const serviceSchema = map(keys, { extrasSince: 7 })
