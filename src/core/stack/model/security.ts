import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import { ESCALATION, labelsOf, OWNER } from './label-names.ts'
import { readOwner } from './owner.ts'
import type { Security } from './service-model.ts'
import { labelPath } from './traefik/label-paths.ts'
import { readUser } from './user.ts'

/** What the kubelet lets a pod have without being told to: https://kubernetes.io/docs/tasks/administer-cluster/sysctl-cluster/ */
const SAFE_SYSCTLS = new Set([
  ...[
    'kernel.shm_rmid_forced',
    'net.ipv4.ip_local_port_range',
    'net.ipv4.tcp_syncookies',
    'net.ipv4.ping_group_range',
  ],
  ...[
    'net.ipv4.ip_unprivileged_port_start',
    'net.ipv4.ip_local_reserved_ports',
    'net.ipv4.tcp_keepalive_time',
  ],
  ...['net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes'],
])

/** What a service may do: no more than it asks for. */
export function readSecurity(service: CanonicalService, path: Path, findings: Findings): Security {
  const capAdd = service.cap_add.map(capability)
  const sysctls = [...service.sysctls].flatMap(([name, value]) => {
    const at = [...path, 'sysctls', name]
    if (!/^([a-z0-9]([-_a-z0-9]*[a-z0-9])?[./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?$/.test(name)) {
      findings.refuse(at, `${name} is no sysctl`, 'Write net.core.somaxconn.')
      return []
    }
    if (!SAFE_SYSCTLS.has(name))
      findings.warn(
        at,
        `the kubelet has to allow ${name}, else the pod is not started`,
        `kubelet --allowed-unsafe-sysctls=${name}`,
      )
    return [{ name, value }]
  })
  return {
    capAdd,
    capDrop: service.cap_drop.map(capability),
    readOnlyRoot: service.read_only,
    owner: readOwner(labelsOf(service), labelPath(service, String(path[1]), OWNER), findings),
    ...readUser(service.user, path, findings),
    sysctls,
    // The API server refuses SYS_ADMIN without it.
    allowEscalation:
      labelsOf(service).get(ESCALATION) === 'allow' || capAdd.some((name) => /^(ALL|SYS_ADMIN)$/.test(name)),
  }
}

function capability(name: string): string {
  return name.toUpperCase().replace(/^CAP_/, '')
}
