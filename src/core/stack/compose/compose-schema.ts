import {
  choice,
  integer,
  list,
  mapOf,
  map as mapOfKeys,
  NAME,
  number,
  scalar,
  set,
  string,
} from '../schema/make-schema.ts'
import type { KeySchema, MapSchema, Schema } from '../schema/schema.ts'
import { deploy, deviceRequests } from './compose-deploy-schema.ts'
import {
  build,
  extraHosts,
  flag,
  hook,
  integerText,
  listOfStrings,
  listOrMap,
  map,
  numberText,
  options,
  references,
  stringOrList,
  ulimits,
  words,
} from './compose-schema-parts.ts'

const healthcheck = map({
  disable: flag,
  interval: string,
  retries: numberText,
  test: choice(string, list(string)),
  timeout: string,
  start_period: string,
  start_interval: string,
})

const dependsOn = choice(
  listOfStrings,
  mapOf(
    map(
      {
        restart: flag,
        required: scalar('boolean'),
        condition: {
          ...string,
          oneOf: ['service_started', 'service_healthy', 'service_completed_successfully'],
        },
      },
      { required: ['condition'] },
    ),
    NAME,
  ),
)

const envFile = choice(
  string,
  list(choice(string, mapOfKeys({ path: string, format: string, required: flag }, { required: ['path'] }))),
)

const attachment = map(
  {
    aliases: listOfStrings,
    interface_name: string,
    ipv4_address: string,
    ipv6_address: string,
    link_local_ips: listOfStrings,
    mac_address: string,
    driver_opts: options,
    priority: number,
    gw_priority: number,
  },
  { nullable: true },
)

const port = choice(
  scalar('number', 'string'),
  map({
    name: string,
    mode: string,
    host_ip: string,
    target: integerText,
    published: integerText,
    protocol: string,
    app_protocol: string,
  }),
)

const mount = choice(
  string,
  map(
    {
      type: { ...string, oneOf: ['bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'] },
      source: string,
      target: string,
      read_only: flag,
      consistency: string,
      bind: map({
        propagation: string,
        create_host_path: flag,
        recursive: { ...string, oneOf: ['enabled', 'disabled', 'writable', 'readonly'] },
        selinux: { ...string, oneOf: ['z', 'Z'] },
      }),
      volume: map({ labels: listOrMap, nocopy: flag, subpath: string }),
      tmpfs: map({ size: integerText, mode: numberText }),
      image: map({ subpath: string }),
    },
    { required: ['type'] },
  ),
)

const watch = map(
  {
    ignore: stringOrList,
    include: stringOrList,
    path: string,
    action: { ...string, oneOf: ['rebuild', 'sync', 'restart', 'sync+restart', 'sync+exec'] },
    target: string,
    exec: hook,
    initial_sync: scalar('boolean'),
  },
  { required: ['path', 'action'] },
)

const throttle = list(mapOfKeys({ path: string, rate: integerText }))

const keys: Readonly<Record<string, Schema | KeySchema>> = {
  annotations: listOrMap,
  attach: flag,
  blkio_config: mapOfKeys({
    device_read_bps: throttle,
    device_read_iops: throttle,
    device_write_bps: throttle,
    device_write_iops: throttle,
    weight: integerText,
    weight_device: list(mapOfKeys({ path: string, weight: integerText })),
  }),
  build,
  cap_add: listOfStrings,
  cap_drop: listOfStrings,
  cgroup: { ...string, oneOf: ['host', 'private'] },
  cgroup_parent: string,
  command: words,
  configs: references,
  container_name: { ...string, pattern: /[a-zA-Z0-9][a-zA-Z0-9_.-]+/ },
  cpu_count: integerText,
  cpu_percent: integerText,
  cpu_period: numberText,
  cpu_quota: numberText,
  cpu_rt_period: numberText,
  cpu_rt_runtime: numberText,
  cpu_shares: numberText,
  cpus: numberText,
  cpuset: string,
  credential_spec: map({ config: string, file: string, registry: string }),
  depends_on: dependsOn,
  deploy,
  develop: map({ watch: list(watch) }, { nullable: true }),
  device_cgroup_rules: listOfStrings,
  devices: list(
    choice(string, map({ source: string, target: string, permissions: string }, { required: ['source'] })),
  ),
  dns: stringOrList,
  dns_opt: listOfStrings,
  dns_search: stringOrList,
  domainname: string,
  entrypoint: words,
  env_file: envFile,
  environment: listOrMap,
  expose: set(scalar('string', 'number')),
  extends: choice(string, mapOfKeys({ service: string, file: string }, { required: ['service'] })),
  external_links: listOfStrings,
  extra_hosts: extraHosts,
  gpus: choice({ ...string, oneOf: ['all'] }, deviceRequests),
  group_add: set(scalar('string', 'number')),
  healthcheck,
  hostname: string,
  image: string,
  init: flag,
  ipc: string,
  isolation: string,
  label_file: choice(string, list(string)),
  labels: listOrMap,
  links: listOfStrings,
  logging: map({
    driver: string,
    options: { ...mapOf(scalar('string', 'number', 'null')), unknown: 'allowed' },
  }),
  mac_address: string,
  mem_limit: numberText,
  mem_reservation: integerText,
  mem_swappiness: integerText,
  memswap_limit: numberText,
  models: choice(
    listOfStrings,
    mapOf(map({ endpoint_var: string, model_var: string }, { nullable: true }), NAME),
  ),
  network_mode: string,
  networks: choice(listOfStrings, mapOf(attachment, NAME)),
  oom_kill_disable: flag,
  oom_score_adj: integerText,
  pid: scalar('string', 'null'),
  pids_limit: numberText,
  platform: string,
  ports: set(port),
  post_start: list(hook),
  pre_stop: list(hook),
  privileged: flag,
  profiles: listOfStrings,
  provider: map(
    { type: string, options: { ...mapOf(scalar('string', 'number', 'boolean')), unknown: 'allowed' } },
    { required: ['type'] },
  ),
  pull_policy: {
    ...string,
    pattern: /always|never|build|if_not_present|missing|refresh|daily|weekly|every_([0-9]+[wdhms])+/,
  },
  pull_refresh_after: string,
  read_only: flag,
  restart: string,
  runtime: string,
  scale: integerText,
  secrets: references,
  security_opt: listOfStrings,
  shm_size: numberText,
  stdin_open: flag,
  stop_grace_period: string,
  stop_signal: string,
  storage_opt: { ...mapOf(scalar('string', 'number', 'boolean', 'null')), unknown: 'allowed' },
  sysctls: listOrMap,
  tmpfs: stringOrList,
  tty: flag,
  ulimits,
  use_api_socket: scalar('boolean'),
  user: string,
  userns_mode: string,
  uts: string,
  volumes: set(mount),
  volumes_from: listOfStrings,
  working_dir: string,
}

export const composeServiceSchema = map(keys)

const external = choice(scalar('boolean', 'string'), map({ name: string }))

const network = map(
  {
    name: string,
    driver: string,
    driver_opts: options,
    ipam: map({
      driver: string,
      config: list(map({ subnet: string, ip_range: string, gateway: string, aux_addresses: mapOf(string) })),
      options: mapOf(string),
    }),
    external,
    internal: flag,
    enable_ipv4: flag,
    enable_ipv6: flag,
    attachable: flag,
    labels: listOrMap,
  },
  { nullable: true },
)

const volume = map(
  { name: string, driver: string, driver_opts: options, external, labels: listOrMap },
  { nullable: true },
)

const fileObject = { name: string, environment: string, file: string, external, labels: listOrMap }

/** The schema of the Compose Specification: https://github.com/compose-spec/compose-spec/blob/main/schema/compose-spec.json */
export const composeSchema: MapSchema = map({
  version: string,
  name: string,
  include: list(
    choice(string, mapOfKeys({ path: stringOrList, env_file: stringOrList, project_directory: string })),
  ),
  services: mapOf(composeServiceSchema, NAME),
  models: {
    ...mapOf(
      map(
        { name: string, model: string, context_size: integer, runtime_flags: list(string) },
        { required: ['model'] },
      ),
      NAME,
    ),
    unknown: 'allowed',
  },
  networks: { ...mapOf(network, NAME), unknown: 'allowed' },
  volumes: mapOf(volume, NAME),
  secrets: mapOf(map({ ...fileObject, driver: string, driver_opts: options, template_driver: string }), NAME),
  configs: mapOf(map({ ...fileObject, content: string, template_driver: string }), NAME),
})
