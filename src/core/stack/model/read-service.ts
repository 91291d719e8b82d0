import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import { readAccount } from './account.ts'
import { readAnnotations } from './annotations.ts'
import type { StackContext } from './context.ts'
import { wholeSeconds } from './duration.ts'
import { readWishes } from './edge-wishes.ts'
import type { FileShelf } from './file-objects.ts'
import { readHealthcheck } from './healthcheck.ts'
import { hostnameOf } from './hostname.ts'
import { withLowPorts } from './low-ports.ts'
import { refuseTwinTargets } from './mount-targets.ts'
import { isInside, readAliases, sharedNetworks } from './networks.ts'
import { readPlacement } from './placement.ts'
import { readPublishes } from './ports.ts'
import { readResolution } from './resolution.ts'
import { readResources } from './resources.ts'
import { readRun } from './run.ts'
import { readSecurity } from './security.ts'
import type { Mount, Port, Route, ServiceModel, Variable } from './service-model.ts'
import type { ServiceTexts } from './service-texts.ts'
import { standInFor } from './stand-ins.ts'
import { refuseUndeployable } from './undeployable.ts'

/** What else of the stack makes a service what it is. */
export interface ServiceParts {
  readonly texts: ServiceTexts
  readonly mounts: readonly Mount[]
  readonly ports: readonly Port[]
  /** Its name leads to every port. */
  readonly headless: boolean
  readonly routes: readonly Route[]
  /** The group of services that run on one node, for they share claims. */
  readonly together: string | undefined
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
  const health = readHealthcheck(texts.healthcheck, path, findings)
  const reached = ports.length > 0 || routes.length > 0 || names.named.has(key)
  const serves =
    reached || health !== undefined || hasAliases(service) || service.deploy.update_config !== undefined
  const keeps = parts.mounts.some(({ kind, readOnly }) => kind === 'claim' && !readOnly)
  refuseTwinTargets(service, path, findings)
  refuseUndeployable(service, path, findings)
  return {
    key,
    name: names.of(key),
    path,
    image: service.image?.trim() ?? '',
    run: readRun(service, { serves, reached, keeps, oneWriter: parts.oneWriter }, path, findings),
    command: texts.command,
    args: texts.args,
    environment: [...texts.environment, ...readTime(service, parts, path, context), ...ofStandIn(service)],
    mounts: parts.mounts,
    ports,
    headless: parts.headless,
    publishes,
    routes,
    aliases: readAliases(service, key, context),
    sharedNetworks: sharedNetworks(service, key, context),
    inside: isInside(service, context.stack),
    health,
    resources: readResources(service.deploy.resources, path, findings),
    placement: readPlacement(service.deploy, path, findings),
    security: withLowPorts(readSecurity(service, path, findings), ports),
    ...readResolution({ ...service, hostname: hostnameOf(service, path, context) }, path, findings),
    wishes: readWishes(service, key, findings),
    workingDir: service.working_dir,
    tty: service.tty,
    stdin: service.stdin_open,
    stopGrace:
      service.stop_grace_period === undefined
        ? STOP_GRACE
        : Math.min(wholeSeconds(service.stop_grace_period), 1_000_000),
    init: service.init === true,
    annotations: readAnnotations(service, path, findings),
    together: parts.together,
    secretName: keepSecrets(key, texts.environment, shelf),
    account: readAccount(service, path, context),
  }
}

/** Who has further names is asked for by them. */
function hasAliases({ networks }: CanonicalService): boolean {
  return [...networks.values()].some((attachment) => (attachment?.aliases.length ?? 0) > 0)
}

function keepSecrets(key: string, environment: readonly Variable[], shelf: FileShelf): string | undefined {
  const values = environment.flatMap((one) => (one.kind === 'secret' ? [[one.key, one.value] as const] : []))
  return values.length > 0 ? shelf.keepVariables(`${key}-variables`, values) : undefined
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
