import type { CanonicalBuild, CanonicalService } from '../canonical.ts'
import type { Places } from '../place.ts'
import { mergeDeploy } from './merge-deploy.ts'
import { mergeExtras } from './merge-extras.ts'
import { mergeAttachment, mergeHealthcheck, mergeLogging, mergeVariable } from './merge-parts.ts'
import { Merging } from './merging.ts'

/** A service over one of the same name. The places of the base become those of the result. */
export function mergeService(
  base: CanonicalService,
  over: CanonicalService,
  basePlaces: Places,
  overPlaces: Places,
): CanonicalService {
  const merging = new Merging(basePlaces, overPlaces)
  return {
    ...merging.laterOf(base, over, LATER),
    ...mergeLists(base, over, merging),
    build: merging.both('build', base.build, over.build, mergeBuild),
    configs: merging.keyed('configs', base.configs, over.configs, ({ source = '' }) => source),
    credential_spec: merging.both(
      'credential_spec',
      base.credential_spec,
      over.credential_spec,
      (a, b, below) => below.laterOf(a, b, ['config', 'file', 'registry']),
    ),
    deploy: mergeDeploy(base.deploy, over.deploy, merging.below('deploy')),
    environment: merging.map('environment', base.environment, over.environment, mergeVariable),
    healthcheck: merging.both('healthcheck', base.healthcheck, over.healthcheck, mergeHealthcheck),
    labels: merging.map('labels', base.labels, over.labels),
    logging: merging.both('logging', base.logging, over.logging, mergeLogging),
    networks: merging.map('networks', base.networks, over.networks, mergeAttachment),
    ports: merging.keyed('ports', base.ports, over.ports, ({ published }) => published),
    secrets: merging.keyed('secrets', base.secrets, over.secrets, ({ source = '' }) => source),
    sysctls: merging.map('sysctls', base.sysctls, over.sysctls),
    ulimits: merging.map('ulimits', base.ulimits, over.ulimits),
    volumes: merging.keyed('volumes', base.volumes, over.volumes, ({ target = '' }) => target),
    extras: mergeExtras(base.extras, over.extras),
  }
}

/** What is one value. A `true` can't be taken back, as in Docker. */
const LATER = [
  'cgroupns_mode',
  'cgroup_parent',
  'container_name',
  'domainname',
  'hostname',
  'image',
  'init',
  'ipc',
  'isolation',
  'mac_address',
  'network_mode',
  'oom_score_adj',
  'pid',
  'privileged',
  'read_only',
  'restart',
  'shm_size',
  'stdin_open',
  'stop_grace_period',
  'stop_signal',
  'tty',
  'user',
  'userns_mode',
  'working_dir',
] as const

function mergeLists(base: CanonicalService, over: CanonicalService, merging: Merging) {
  return {
    command: merging.replaced('command', base.command, over.command),
    entrypoint: merging.replaced('entrypoint', base.entrypoint, over.entrypoint),
    cap_add: merging.appended('cap_add', base.cap_add, over.cap_add),
    cap_drop: merging.appended('cap_drop', base.cap_drop, over.cap_drop),
    depends_on: merging.appended('depends_on', base.depends_on, over.depends_on),
    devices: merging.appended('devices', base.devices, over.devices),
    dns: merging.appended('dns', base.dns, over.dns),
    dns_search: merging.appended('dns_search', base.dns_search, over.dns_search),
    env_file: merging.appended('env_file', base.env_file, over.env_file),
    expose: merging.appended('expose', base.expose, over.expose),
    external_links: merging.appended('external_links', base.external_links, over.external_links),
    extra_hosts: merging.appended('extra_hosts', base.extra_hosts, over.extra_hosts),
    links: merging.appended('links', base.links, over.links),
    security_opt: merging.appended('security_opt', base.security_opt, over.security_opt),
    tmpfs: merging.appended('tmpfs', base.tmpfs, over.tmpfs),
  }
}

function mergeBuild(base: CanonicalBuild, over: CanonicalBuild, merging: Merging): CanonicalBuild {
  return {
    ...merging.laterOf(base, over, ['context', 'dockerfile', 'network', 'target']),
    args: merging.map('args', base.args, over.args, mergeVariable),
    labels: merging.map('labels', base.labels, over.labels),
    cache_from: merging.appended('cache_from', base.cache_from, over.cache_from),
    extra_hosts: merging.appended('extra_hosts', base.extra_hosts, over.extra_hosts),
  }
}
