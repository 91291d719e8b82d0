import type { CanonicalService } from '../../canonical.ts'
import type { Findings } from '../findings.ts'
import { labelsOf } from '../label-names.ts'
import { labelPath } from './label-paths.ts'

/** Labels of Traefik that somebody here reads, and those that he who reads them tells of himself. */
const READ: readonly RegExp[] = [
  /^traefik\.enabled?$/,
  /^traefik\.(http|tcp)\.routers\.[^.]+\.(rule|entrypoints|middlewares|service|priority|tls|tls\.(certresolver|passthrough|options))$/,
  /^traefik\.udp\.routers\.[^.]+\.(entrypoints|middlewares|service)$/,
  /^traefik\.(http|tcp|udp)\.services\.[^.]+\.loadbalancer\.server\.port$/,
  /^traefik\.http\.services\.[^.]+\.loadbalancer\.(server\.scheme|sticky(\.cookie)?)$/,
  /^traefik\.(http|tcp)\.middlewares\./,
  /^traefik\.([a-z0-9_-]+\.)?(frontend\..*|port|protocol)$/,
]

/** Where Docker's networks and its way to count are meant, nothing is lost. */
const DOCKERS = /^traefik\.(docker|swarm)\.(network|lbswarm)$/

/** Reports what of Traefik's labels becomes nothing here. */
export function reportUnread(service: CanonicalService, key: string, findings: Findings): void {
  for (const label of labelsOf(service).keys()) {
    const small = label.toLowerCase()
    if (!small.startsWith('traefik.') || READ.some((form) => form.test(small))) continue
    const why = DOCKERS.test(small)
      ? "Traefik reaches the pods by the cluster's own network"
      : 'no object of Kubernetes says that here'
    const remedy = DOCKERS.test(small)
      ? ''
      : 'Where it is needed, write an IngressRoute of Traefik beside the stack.'
    findings.warn(labelPath(service, key, label), `${label} is left out: ${why}`, remedy)
  }
}
