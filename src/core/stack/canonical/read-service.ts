import type { CanonicalBuild, CanonicalService } from '../canonical.ts'
import { extrasOf } from './extras.ts'
import type { Fields } from './fields.ts'
import { readAttachments } from './read-attachments.ts'
import { readDeploy } from './read-deploy.ts'
import { type EnvironmentRules, readEnvironment } from './read-environment.ts'
import { readHealthcheck, readHosts, readLogging, readUlimits, readWords } from './read-keys.ts'
import { readMounts } from './read-mounts.ts'
import { readPorts } from './read-ports.ts'
import { readReferences } from './read-references.ts'

/** One service in canonical form. */
export function readService(service: Fields, rules: EnvironmentRules): CanonicalService {
  const spec = service.below('credential_spec')
  return {
    build: readBuild(service),
    cap_add: service.texts('cap_add'),
    cap_drop: service.texts('cap_drop'),
    cgroupns_mode: service.text('cgroupns_mode'),
    cgroup_parent: service.text('cgroup_parent'),
    command: readWords(service, 'command'),
    configs: readReferences(service, 'configs'),
    container_name: service.text('container_name'),
    credential_spec: spec && {
      config: spec.text('config'),
      file: spec.text('file'),
      registry: spec.text('registry'),
    },
    depends_on: service.texts('depends_on'),
    deploy: readDeploy(service),
    devices: service.texts('devices'),
    dns: service.texts('dns'),
    dns_search: service.texts('dns_search'),
    domainname: service.text('domainname'),
    entrypoint: readWords(service, 'entrypoint'),
    environment: readEnvironment(service, rules),
    env_file: service.texts('env_file'),
    expose: service.texts('expose'),
    external_links: service.texts('external_links'),
    extra_hosts: readHosts(service, 'extra_hosts'),
    hostname: service.text('hostname'),
    healthcheck: readHealthcheck(service),
    image: service.text('image'),
    init: service.boolean('init'),
    ipc: service.text('ipc'),
    isolation: service.text('isolation'),
    labels: service.strings('labels'),
    links: service.texts('links'),
    logging: readLogging(service),
    mac_address: service.text('mac_address'),
    network_mode: service.text('network_mode'),
    networks: readAttachments(service),
    pid: service.text('pid'),
    ports: readPorts(service),
    privileged: service.flag('privileged'),
    read_only: service.flag('read_only'),
    restart: service.text('restart'),
    secrets: readReferences(service, 'secrets'),
    security_opt: service.texts('security_opt'),
    shm_size: service.text('shm_size'),
    stdin_open: service.flag('stdin_open'),
    stop_grace_period: service.duration('stop_grace_period'),
    stop_signal: service.text('stop_signal'),
    sysctls: service.strings('sysctls'),
    tmpfs: service.texts('tmpfs'),
    tty: service.flag('tty'),
    ulimits: readUlimits(service),
    user: service.text('user'),
    oom_score_adj: service.whole('oom_score_adj', Number.NEGATIVE_INFINITY) || undefined,
    userns_mode: service.text('userns_mode'),
    volumes: readMounts(service, rules),
    working_dir: service.text('working_dir'),
    extras: extrasOf(service.node),
  }
}

function readBuild(service: Fields): CanonicalBuild | undefined {
  const node = service.value('build')
  if (!node) return undefined
  const none = { args: new Map(), labels: new Map(), cache_from: [], extra_hosts: [] }
  const build = service.below('build')
  if (!build) return { ...none, context: service.text('build') }
  return {
    context: build.text('context'),
    dockerfile: build.text('dockerfile'),
    args: build.pairs('args'),
    labels: build.strings('labels'),
    cache_from: build.texts('cache_from'),
    extra_hosts: readHosts(build, 'extra_hosts'),
    network: build.text('network'),
    target: build.text('target'),
  }
}
