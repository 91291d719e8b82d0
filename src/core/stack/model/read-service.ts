import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { wholeSeconds } from './duration.ts'
import type { FileShelf } from './file-objects.ts'
import { readReferences } from './file-objects.ts'
import { readHealthcheck } from './healthcheck.ts'
import { ACCOUNT, labelsOf } from './label-names.ts'
import { readAliases, sharedNetworks } from './networks.ts'
import { readPlacement } from './placement.ts'
import { readPublishes } from './ports.ts'
import { readResources } from './resources.ts'
import { readRun } from './run.ts'
import { readSecurity } from './security.ts'
import type { Account, Mount, Port, Route, ServiceModel, Variable } from './service-model.ts'
import type { ServiceTexts } from './service-texts.ts'
import { standInFor } from './stand-ins.ts'

/** What else of the stack makes a service what it is. */
export interface ServiceParts {
  readonly texts: ServiceTexts
  readonly mounts: readonly Mount[]
  readonly ports: readonly Port[]
  readonly routes: readonly Route[]
  /** Claims that others mount too, or that more than one of its own tasks does. */
  readonly together: readonly string[]
  /** It mounts a claim that one node at a time can have. */
  readonly oneWriter: boolean
  readonly takesHostsTime: boolean
}

/** Docker's own grace, in seconds. */
const STOP_GRACE = 10

export function readService(
  key: string,
  service: CanonicalService,
  parts: ServiceParts,
  context: StackContext,
  shelf: FileShelf,
): ServiceModel {
  const { findings, names } = context
  const path: Path = ['services', key]
  const { texts, ports, routes } = parts
  const publishes = readPublishes(service, path, findings)
  const health = readHealthcheck(service.healthcheck, path, findings)
  const serves =
    ports.length > 0 ||
    routes.length > 0 ||
    health !== undefined ||
    service.deploy.update_config !== undefined
  const mounts = [
    ...parts.mounts,
    ...readReferences(service, 'secrets', path, context, shelf),
    ...readReferences(service, 'configs', path, context, shelf),
  ]
  refuseTwinTargets(mounts, path, context)
  if (!service.image?.trim())
    findings.refuse(
      service.build ? [...path, 'build'] : path,
      'there is no image, and nothing is built here',
      'Build it, push it to a registry, and write image: NAME:TAG.',
    )
  return {
    key,
    name: names.of(key),
    path,
    image: service.image?.trim() ?? '',
    run: readRun(service.deploy, { serves, oneWriter: parts.oneWriter }, path, findings),
    command: texts.command,
    args: texts.args,
    environment: [...texts.environment, ...readTime(service, parts, path, context), ...ofStandIn(service)],
    mounts,
    ports,
    headless: service.deploy.endpoint_mode === 'dnsrr' || ports.length === 0,
    publishes,
    routes,
    aliases: readAliases(service, key, context),
    sharedNetworks: sharedNetworks(service, key, context),
    health,
    resources: readResources(service.deploy.resources, path, findings),
    placement: readPlacement(service.deploy.placement, path, findings),
    security: readSecurity(service, path, findings),
    dns: readDns(service, path, context),
    hostAliases: service.extra_hosts.flatMap((text, index) =>
      readExtraHost(text, [...path, 'extra_hosts', index], context),
    ),
    hostname: readHostname(service.hostname, path, context),
    workingDir: service.working_dir,
    tty: service.tty,
    stdin: service.stdin_open,
    stopGrace:
      service.stop_grace_period === undefined
        ? STOP_GRACE
        : Math.min(wholeSeconds(service.stop_grace_period), 1_000_000),
    init: service.init === true,
    annotations: readAnnotations(service, path, context),
    together: parts.together,
    secretName: keepSecrets(key, texts.environment, shelf),
    account: readAccount(service, path, context),
  }
}

function keepSecrets(key: string, environment: readonly Variable[], shelf: FileShelf): string | undefined {
  const values = environment.flatMap((one) => (one.kind === 'secret' ? [[one.key, one.value] as const] : []))
  return values.length > 0 ? shelf.keepVariables(`${key}-variables`, values) : undefined
}

function refuseTwinTargets(mounts: readonly Mount[], path: Path, { findings }: StackContext): void {
  const targets = new Set<string>()
  for (const { target } of mounts) {
    const plain = target.replace(/\/+$/, '')
    if (targets.has(plain))
      findings.refuse(
        [...path, 'volumes'],
        `two mounts have the target ${target}`,
        'Give each a target of its own.',
      )
    targets.add(plain)
  }
}

/** `/etc/localtime` of the host says what TZ does. */
function readTime(
  service: CanonicalService,
  { takesHostsTime }: ServiceParts,
  path: Path,
  { options, findings }: StackContext,
) {
  if (!takesHostsTime || service.environment.has('TZ')) return []
  findings.warn(
    [...path, 'volumes'],
    `the host's time zone becomes TZ=${options.timeZone}`,
    'Set TZ in environment, or --time-zone.',
  )
  return [{ name: 'TZ', kind: 'plain', value: options.timeZone } as const]
}

/** How Portainer's agents on Kubernetes tell each other where they are. */
function ofStandIn(service: CanonicalService): Variable[] {
  if (standInFor(service)?.name !== 'portainer-agent') return []
  return [{ name: 'KUBERNETES_POD_IP', kind: 'field', field: 'status.podIP' }]
}

const IPV4 = /^(\d{1,3}\.){3}\d{1,3}$/
const IPV6 = /^[0-9a-f:]*:[0-9a-f:.]+$/i

function readExtraHost(text: string, path: Path, { findings }: StackContext) {
  const [, host = '', ip = ''] = /^([^:=]+)[:=]\[?([^\]]+)\]?$/.exec(text) ?? []
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

function readDns(service: CanonicalService, path: Path, { findings }: StackContext): ServiceModel['dns'] {
  const servers = service.dns.filter((server, index) => {
    const fits = isAddress(server) && index < 3
    if (!fits)
      findings.refuse(
        [...path, 'dns', index],
        `${server} is one too many, or no address`,
        'Write at most three addresses.',
      )
    return fits
  })
  const searches = service.dns_search.filter((domain, index) => {
    const fits =
      /^([a-z0-9]([-a-z0-9]*[a-z0-9])?\.)*[a-z0-9]([-a-z0-9]*[a-z0-9])?\.?$/.test(domain) && index < 32
    if (!fits)
      findings.warn(
        [...path, 'dns_search', index],
        `${domain} is no domain that Kubernetes takes, and is dropped`,
      )
    return fits
  })
  return { servers, searches }
}

function readHostname(text: string | undefined, path: Path, { findings }: StackContext): string | undefined {
  if (text === undefined || /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text
  findings.warn(
    [...path, 'hostname'],
    `Kubernetes takes no hostname ${text}: it is dropped`,
    'Use small letters, digits and hyphens.',
  )
  return undefined
}

const ANNOTATION = /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/

/** Labels that nobody here reads: some program in the cluster may. */
function readAnnotations(
  service: CanonicalService,
  path: Path,
  { findings }: StackContext,
): Record<string, string> {
  const kept: [string, string][] = []
  for (const [label, value] of labelsOf(service)) {
    if (/^traefik\./i.test(label) || label.startsWith('homeport.dev/')) continue
    // What belongs to Kubernetes itself has a meaning there.
    if (ANNOTATION.test(label) && !/kubernetes\.io\//.test(label)) kept.push([label, value])
    else findings.warn([...path, 'labels', label], `Kubernetes takes no annotation ${label}: it is dropped`)
  }
  return Object.fromEntries(kept)
}

function readAccount(
  service: CanonicalService,
  path: Path,
  { findings, names, namespace }: StackContext,
): Account | undefined {
  const name = labelsOf(service).get(ACCOUNT)
  if (name !== undefined) {
    if (/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) return { name }
    findings.refuse([...path, 'labels', ACCOUNT], `${name} is no ServiceAccount`, 'Write its name.')
  }
  if (!standInFor(service)?.name.startsWith('portainer')) return undefined
  findings.warn(
    path,
    `Portainer reaches the cluster by the API server instead of docker.sock, and may do everything there (cluster-admin), as it could on Docker`,
    `Give it less: the label ${ACCOUNT} names a ServiceAccount of the namespace ${namespace}.`,
  )
  return { name: names.of(`${[...path].pop()}`), clusterRole: 'cluster-admin' }
}
