import { parse } from 'yaml'
import type {
  CanonicalFileObject,
  CanonicalNetwork,
  CanonicalService,
  CanonicalStack,
  CanonicalVolume,
} from '../core/stack/canonical.ts'
import type {
  CanonicalHealthcheck,
  CanonicalNetworkAttachment,
  CanonicalPort,
  CanonicalUpdateConfig,
  CanonicalVolumeMount,
} from '../core/stack/canonical-service.ts'

/**
 * Reads what `docker stack config` prints, for tests: it is taken at its word, and paths that it has relative are made
 * absolute by `folder`.
 */
export function canonicalStack(text: string, folder = '/stack'): CanonicalStack {
  const top = new Fields(parse(text))
  const mapOf = <T>(key: string, read: (fields: Fields, name: string) => T) =>
    new Map(top.entries(key).map(([name, value]) => [name, read(new Fields(value), name)]))
  return {
    version: top.text('version') ?? '3.13',
    services: mapOf('services', (fields) => service(fields, folder)),
    networks: mapOf('networks', network),
    volumes: mapOf('volumes', volume),
    secrets: mapOf('secrets', (fields) => fileObject(fields, folder)),
    configs: mapOf('configs', (fields) => fileObject(fields, folder)),
    extras: new Map(),
  }
}

/** The fields of a map of YAML, each as what it should be. */
class Fields {
  readonly #map: ReadonlyMap<string, unknown>

  constructor(value: unknown) {
    this.#map = new Map(typeof value === 'object' && value !== null ? Object.entries(value) : [])
  }

  value(key: string): unknown {
    return this.#map.get(key) ?? undefined
  }

  has(key: string): boolean {
    return this.#map.has(key)
  }

  of(key: string): Fields {
    return new Fields(this.value(key))
  }

  text(key: string): string | undefined {
    const value = this.value(key)
    return value === undefined ? undefined : String(value)
  }

  number(key: string): number | undefined {
    const value = this.value(key)
    return value === undefined ? undefined : Number(value)
  }

  flag(key: string): boolean {
    return this.value(key) === true
  }

  list(key: string): unknown[] {
    const value = this.value(key)
    return Array.isArray(value) ? value : []
  }

  texts(key: string): string[] {
    return this.list(key).map(String)
  }

  entries(key: string): [string, unknown][] {
    const value = this.value(key)
    return typeof value === 'object' && value !== null ? Object.entries(value) : []
  }

  textMap(key: string): Map<string, string> {
    return new Map(this.entries(key).map(([name, value]) => [name, String(value)]))
  }

  /** Nanoseconds of `1h2m3.5s`, `500ms`. */
  duration(key: string): bigint | undefined {
    const text = this.text(key)
    if (text === undefined) return undefined
    const units: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 }
    const milliseconds = [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)].map(
      ([, amount, unit = '']) => Number(amount) * (units[unit] ?? 0),
    )
    return BigInt(Math.round(milliseconds.reduce((sum, part) => sum + part, 0))) * 1_000_000n
  }
}

function service(fields: Fields, folder: string): CanonicalService {
  const deploy = fields.of('deploy')
  const resources = deploy.of('resources')
  const placement = deploy.of('placement')
  const restart = deploy.of('restart_policy')
  const logging = fields.of('logging')
  return {
    ...(fields.has('build') && {
      build: {
        context: fields.of('build').text('context'),
        args: new Map(),
        labels: new Map(),
        cache_from: [],
        extra_hosts: [],
      },
    }),
    cap_add: fields.texts('cap_add'),
    cap_drop: fields.texts('cap_drop'),
    cgroupns_mode: fields.text('cgroupns_mode'),
    cgroup_parent: fields.text('cgroup_parent'),
    command: fields.texts('command'),
    configs: references(fields, 'configs'),
    container_name: fields.text('container_name'),
    ...(fields.has('credential_spec') && {
      credential_spec: { file: fields.of('credential_spec').text('file') },
    }),
    depends_on: fields.texts('depends_on'),
    deploy: {
      mode: deploy.text('mode'),
      replicas: deploy.number('replicas'),
      labels: deploy.textMap('labels'),
      update_config: updateConfig(deploy, 'update_config'),
      rollback_config: updateConfig(deploy, 'rollback_config'),
      resources: {
        limits: resources.has('limits')
          ? {
              cpus: resources.of('limits').text('cpus'),
              memory: resources.of('limits').number('memory'),
              pids: resources.of('limits').number('pids'),
            }
          : undefined,
        reservations: resources.has('reservations')
          ? {
              cpus: resources.of('reservations').text('cpus'),
              memory: resources.of('reservations').number('memory'),
              generic_resources: resources
                .of('reservations')
                .list('generic_resources')
                .map((item) => new Fields(item).of('discrete_resource_spec'))
                .map((spec) => ({ kind: spec.text('kind') ?? '', value: spec.number('value') ?? 0 })),
            }
          : undefined,
      },
      restart_policy: deploy.has('restart_policy')
        ? {
            condition: restart.text('condition'),
            delay: restart.duration('delay'),
            max_attempts: restart.number('max_attempts'),
            window: restart.duration('window'),
          }
        : undefined,
      placement: {
        constraints: placement.texts('constraints'),
        preferences: placement
          .list('preferences')
          .map((item) => ({ spread: new Fields(item).text('spread') })),
        max_replicas_per_node: placement.number('max_replicas_per_node'),
      },
      endpoint_mode: deploy.text('endpoint_mode'),
    },
    devices: fields.texts('devices'),
    dns: fields.texts('dns'),
    dns_search: fields.texts('dns_search'),
    domainname: fields.text('domainname'),
    entrypoint: fields.texts('entrypoint'),
    environment: new Map(
      fields.entries('environment').map(([name, value]) => [name, value === null ? null : String(value)]),
    ),
    env_file: fields.texts('env_file'),
    expose: fields.texts('expose'),
    external_links: fields.texts('external_links'),
    extra_hosts: fields.texts('extra_hosts'),
    hostname: fields.text('hostname'),
    healthcheck: healthcheck(fields),
    image: fields.text('image'),
    init: fields.has('init') ? fields.flag('init') : undefined,
    ipc: fields.text('ipc'),
    isolation: fields.text('isolation'),
    labels: fields.textMap('labels'),
    links: fields.texts('links'),
    logging: fields.has('logging')
      ? { driver: logging.text('driver'), options: logging.textMap('options') }
      : undefined,
    mac_address: fields.text('mac_address'),
    network_mode: fields.text('network_mode'),
    networks: new Map(fields.entries('networks').map(([name, value]) => [name, attachment(value)])),
    pid: fields.text('pid'),
    ports: fields.list('ports').map((item) => port(new Fields(item))),
    privileged: fields.flag('privileged'),
    read_only: fields.flag('read_only'),
    restart: fields.text('restart'),
    secrets: references(fields, 'secrets'),
    security_opt: fields.texts('security_opt'),
    shm_size: fields.text('shm_size'),
    stdin_open: fields.flag('stdin_open'),
    stop_grace_period: fields.duration('stop_grace_period'),
    stop_signal: fields.text('stop_signal'),
    sysctls: fields.textMap('sysctls'),
    tmpfs: fields.texts('tmpfs'),
    tty: fields.flag('tty'),
    ulimits: new Map(fields.entries('ulimits').map(([name, value]) => [name, Number(value)])),
    user: fields.text('user'),
    oom_score_adj: fields.number('oom_score_adj'),
    userns_mode: fields.text('userns_mode'),
    volumes: fields.list('volumes').map((item) => mount(new Fields(item), folder)),
    working_dir: fields.text('working_dir'),
    extras: new Map(),
  }
}

function references(fields: Fields, key: string) {
  return fields.list(key).map((item) => {
    const reference = new Fields(item)
    return {
      source: reference.text('source'),
      target: reference.text('target'),
      uid: reference.text('uid'),
      gid: reference.text('gid'),
      mode: reference.number('mode'),
    }
  })
}

function updateConfig(deploy: Fields, key: string): CanonicalUpdateConfig | undefined {
  if (!deploy.has(key)) return undefined
  const config = deploy.of(key)
  return {
    parallelism: config.number('parallelism'),
    delay: config.duration('delay'),
    failure_action: config.text('failure_action'),
    monitor: config.duration('monitor'),
    max_failure_ratio: config.number('max_failure_ratio'),
    order: config.text('order'),
  }
}

function healthcheck(fields: Fields): CanonicalHealthcheck | undefined {
  if (!fields.has('healthcheck')) return undefined
  const check = fields.of('healthcheck')
  return {
    test: check.texts('test'),
    timeout: check.duration('timeout'),
    interval: check.duration('interval'),
    retries: check.number('retries'),
    start_period: check.duration('start_period'),
    start_interval: check.duration('start_interval'),
    disable: check.flag('disable'),
  }
}

function attachment(value: unknown): CanonicalNetworkAttachment | null {
  if (value === null) return null
  const fields = new Fields(value)
  return {
    aliases: fields.texts('aliases'),
    driver_opts: fields.textMap('driver_opts'),
    ipv4_address: fields.text('ipv4_address'),
    ipv6_address: fields.text('ipv6_address'),
  }
}

function port(fields: Fields): CanonicalPort {
  return {
    mode: fields.text('mode'),
    target: fields.number('target') ?? 0,
    published: fields.number('published') ?? 0,
    protocol: fields.text('protocol'),
    host_ip: fields.text('host_ip'),
  }
}

function mount(fields: Fields, folder: string): CanonicalVolumeMount {
  const type = fields.text('type') ?? 'volume'
  const source = fields.text('source')
  return {
    type,
    source: type === 'bind' && source !== undefined ? absolute(source, folder) : source,
    target: fields.text('target'),
    read_only: fields.flag('read_only'),
    consistency: fields.text('consistency'),
    bind: fields.has('bind') ? { propagation: fields.of('bind').text('propagation') } : undefined,
    volume: fields.has('volume')
      ? { nocopy: fields.of('volume').flag('nocopy'), subpath: fields.of('volume').text('subpath') }
      : undefined,
    tmpfs: fields.has('tmpfs') ? { size: fields.of('tmpfs').number('size') ?? 0 } : undefined,
  }
}

function network(fields: Fields): CanonicalNetwork {
  const ipam = fields.of('ipam')
  return {
    name: fields.text('name'),
    driver: fields.text('driver'),
    driver_opts: fields.textMap('driver_opts'),
    ipam: fields.has('ipam')
      ? {
          driver: ipam.text('driver'),
          subnets: ipam.list('config').map((item) => new Fields(item).text('subnet') ?? ''),
        }
      : undefined,
    external: fields.flag('external'),
    internal: fields.flag('internal'),
    attachable: fields.flag('attachable'),
    labels: fields.textMap('labels'),
    extras: new Map(),
  }
}

function volume(fields: Fields): CanonicalVolume {
  return {
    name: fields.text('name'),
    driver: fields.text('driver'),
    driver_opts: fields.textMap('driver_opts'),
    external: fields.flag('external'),
    labels: fields.textMap('labels'),
    extras: new Map(),
  }
}

function fileObject(fields: Fields, folder: string): CanonicalFileObject {
  const file = fields.text('file')
  return {
    name: fields.text('name'),
    file: file === undefined ? undefined : absolute(file, folder),
    external: fields.flag('external'),
    labels: fields.textMap('labels'),
    driver: fields.text('driver'),
    driver_opts: fields.textMap('driver_opts'),
    template_driver: fields.text('template_driver'),
    extras: new Map(),
  }
}

function absolute(path: string, folder: string): string {
  return path.startsWith('/') || /^[A-Za-z]:/.test(path) ? path : `${folder}/${path.replace(/^\.\//, '')}`
}
