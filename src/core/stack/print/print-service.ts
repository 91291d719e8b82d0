import type { CanonicalBuild, CanonicalService } from '../canonical.ts'
import type { CanonicalHealthcheck, CanonicalNetworkAttachment } from '../canonical-service.ts'
import { anyDuration, some, someText, whenTrue } from './omit-empty.ts'
import { deployFields } from './print-deploy.ts'
import { mountFields, portFields, referenceFields } from './print-lists.ts'
import { Fields, type Printable } from './yaml-text.ts'

/** As Docker's own `stack config`, this leaves `oom_score_adj` out. */
export function serviceFields(service: CanonicalService): Fields {
  return new Fields([...firstFields(service), ...lastFields(service), ...service.extras])
}

function firstFields(service: CanonicalService): Fields['entries'] {
  const spec = service.credential_spec
  return [
    ['build', some(service.build && buildFields(service.build))],
    ['cap_add', some(service.cap_add)],
    ['cap_drop', some(service.cap_drop)],
    ['cgroupns_mode', someText(service.cgroupns_mode)],
    ['cgroup_parent', someText(service.cgroup_parent)],
    ['command', some(service.command)],
    ['configs', some(service.configs.map(referenceFields))],
    ['container_name', someText(service.container_name)],
    ['credential_spec', some(spec && new Fields(Object.entries(spec)))],
    ['depends_on', some(service.depends_on)],
    ['deploy', some(deployFields(service.deploy))],
    ['devices', some(service.devices)],
    ['dns', some(service.dns)],
    ['dns_search', some(service.dns_search)],
    ['domainname', someText(service.domainname)],
    ['entrypoint', some(service.entrypoint)],
    ['environment', some(service.environment)],
    ['env_file', some(service.env_file)],
    ['expose', some(service.expose)],
    ['external_links', some(service.external_links)],
    ['extra_hosts', some(service.extra_hosts)],
    ['hostname', someText(service.hostname)],
    ['healthcheck', service.healthcheck && healthcheckFields(service.healthcheck)],
    ['image', someText(service.image)],
    ['init', service.init],
    ['ipc', someText(service.ipc)],
    ['isolation', someText(service.isolation)],
    ['labels', some(service.labels)],
    ['links', some(service.links)],
  ]
}

function lastFields(service: CanonicalService): Fields['entries'] {
  const { logging, networks, ulimits } = service
  return [
    [
      'logging',
      logging &&
        new Fields([
          ['driver', someText(logging.driver)],
          ['options', some(logging.options)],
        ]),
    ],
    ['mac_address', someText(service.mac_address)],
    ['network_mode', someText(service.network_mode)],
    [
      'networks',
      some(new Map([...networks].map(([name, one]) => [name, one && attachmentFields(one)] as const))),
    ],
    ['pid', someText(service.pid)],
    ['ports', some(service.ports.map(portFields))],
    ['privileged', whenTrue(service.privileged)],
    ['read_only', whenTrue(service.read_only)],
    ['restart', someText(service.restart)],
    ['secrets', some(service.secrets.map(referenceFields))],
    ['security_opt', some(service.security_opt)],
    ['shm_size', someText(service.shm_size)],
    ['stdin_open', whenTrue(service.stdin_open)],
    ['stop_grace_period', anyDuration(service.stop_grace_period)],
    ['stop_signal', someText(service.stop_signal)],
    ['sysctls', some(service.sysctls)],
    ['tmpfs', some(service.tmpfs)],
    ['tty', whenTrue(service.tty)],
    ['ulimits', some(new Map([...ulimits].map(([name, one]) => [name, ulimitFields(one)] as const)))],
    ['user', someText(service.user)],
    ['userns_mode', someText(service.userns_mode)],
    ['volumes', some(service.volumes.map(mountFields))],
    ['working_dir', someText(service.working_dir)],
  ]
}

function buildFields(build: CanonicalBuild): Fields {
  return new Fields([
    ['context', someText(build.context)],
    ['dockerfile', someText(build.dockerfile)],
    ['args', some(build.args)],
    ['labels', some(build.labels)],
    ['cache_from', some(build.cache_from)],
    ['extra_hosts', some(build.extra_hosts)],
    ['network', someText(build.network)],
    ['target', someText(build.target)],
  ])
}

function healthcheckFields(check: CanonicalHealthcheck): Fields {
  return new Fields([
    ['test', some(check.test)],
    ['timeout', anyDuration(check.timeout)],
    ['interval', anyDuration(check.interval)],
    ['retries', check.retries],
    ['start_period', anyDuration(check.start_period)],
    ['start_interval', anyDuration(check.start_interval)],
    ['disable', whenTrue(check.disable)],
  ])
}

function attachmentFields(attachment: CanonicalNetworkAttachment): Fields {
  return new Fields([
    ['aliases', some(attachment.aliases)],
    ['driver_opts', some(attachment.driver_opts)],
    ['ipv4_address', someText(attachment.ipv4_address)],
    ['ipv6_address', someText(attachment.ipv6_address)],
  ])
}

function ulimitFields(ulimit: number | { readonly soft: number; readonly hard: number }): Printable {
  if (typeof ulimit === 'number') return ulimit === 0 ? new Fields([]) : ulimit
  return new Fields([
    ['soft', ulimit.soft || undefined],
    ['hard', ulimit.hard || undefined],
  ])
}
