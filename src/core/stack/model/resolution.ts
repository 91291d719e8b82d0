import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { ServiceModel } from './service-model.ts'

/** How a service is called, and whom it asks for the addresses of others. */
export type Resolution = Pick<ServiceModel, 'hostname' | 'hostAliases' | 'dnsSearches'>

export function readResolution(service: CanonicalService, path: Path, findings: Findings): Resolution {
  return {
    hostname: readHostname(service.hostname, path, findings),
    hostAliases: service.extra_hosts.flatMap((text, index) =>
      readExtraHost(text, [...path, 'extra_hosts', index], findings),
    ),
    dnsSearches: readSearches(service, path, findings),
  }
}

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]+$/i

function readExtraHost(text: string, path: Path, findings: Findings) {
  // A host is the same in small and capital letters, and Kubernetes takes the small ones alone.
  const [, host = '', ip = ''] = /^([^:=]+)[:=]\[?([^\]]+)\]?$/.exec(text.toLowerCase()) ?? []
  const isHost =
    host.length <= 253 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/.test(host)
  if (isHost && isAddress(ip)) return [{ ip, host }]
  const reason =
    ip === 'host-gateway' ? 'a pod has no gateway to its host' : `${text} is no host with its address`
  findings.refuse(path, reason, 'Write name:192.0.2.1.')
  return []
}

function isAddress(text: string): boolean {
  return (
    (IPV4.test(text) &&
      text.split('.').every((part) => Number(part) <= 255 && String(Number(part)) === part)) ||
    IPV6.test(text)
  )
}

function readSearches(service: CanonicalService, path: Path, findings: Findings): string[] {
  return service.dns_search.filter((domain, index) => {
    const fits =
      /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?\.?$/.test(domain) && index < 32
    if (!fits)
      findings.warn(
        [...path, 'dns_search', index],
        `${domain} is no domain that Kubernetes takes, and is dropped`,
      )
    return fits
  })
}

function readHostname(text: string | undefined, path: Path, findings: Findings): string | undefined {
  if (text === undefined || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text
  findings.warn(
    [...path, 'hostname'],
    `Kubernetes takes no hostname ${text}: it is dropped`,
    'Use small letters, digits and hyphens.',
  )
  return undefined
}
