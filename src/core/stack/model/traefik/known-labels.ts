import type { CanonicalService } from '../../canonical.ts'
import { slipsBetween } from '../../slips.ts'
import type { Findings } from '../findings.ts'
import { labelsOf } from '../label-names.ts'
import { labelPath } from './label-paths.ts'

/** What is read, and what is known and left out: the options behind the names of routers and services. */
interface Known {
  readonly read: readonly string[]
  /** With all that stands behind them. */
  readonly dropped: readonly string[]
}

const TLS = ['tls', 'tls.certresolver', 'tls.options']
const ROUTER = ['rule', 'entrypoints', 'middlewares', 'service', 'priority']
const SERVER = 'loadbalancer.server.port'

const KNOWN: ReadonlyMap<string, Known> = new Map([
  [
    'http.routers',
    {
      read: [...ROUTER, ...TLS],
      dropped: ['rulesyntax', 'tls.domains', 'observability', 'parentrefs'],
    },
  ],
  [
    'http.services',
    {
      read: [SERVER, 'loadbalancer.server.scheme', 'loadbalancer.sticky', 'loadbalancer.sticky.cookie'],
      dropped: [
        'loadbalancer.server.url',
        'loadbalancer.server.weight',
        'loadbalancer.server.preservepath',
        'loadbalancer.sticky',
        'loadbalancer.healthcheck',
        'loadbalancer.passivehealthcheck',
        'loadbalancer.passhostheader',
        'loadbalancer.responseforwarding',
        'loadbalancer.serverstransport',
        'loadbalancer.strategy',
      ],
    },
  ],
  ['tcp.routers', { read: [...ROUTER, ...TLS, 'tls.passthrough'], dropped: ['rulesyntax', 'tls.domains'] }],
  [
    'tcp.services',
    {
      read: [SERVER],
      dropped: [
        'loadbalancer.server.tls',
        'loadbalancer.proxyprotocol',
        'loadbalancer.terminationdelay',
        'loadbalancer.serverstransport',
      ],
    },
  ],
  ['udp.routers', { read: ['entrypoints', 'middlewares', 'service'], dropped: [] }],
  ['udp.services', { read: [SERVER], dropped: [] }],
])

/** Labels of Traefik 1, and the switch of all, that are read elsewhere. */
const READ = /^traefik\.(enabled?|([a-z0-9_-]+\.)?(frontend\..*|port|protocol))$/
/** Where Docker's networks and its way to count are meant, nothing is lost. */
const DOCKERS = /^traefik\.(docker|swarm)\.(network|lbswarm)$/
/** What Traefik 1 or its providers know besides, and what is behind the names of others: no guard is among it. */
const HARMLESS =
  /^traefik\.(tags|constraint-label.*|(docker|swarm)\..*|domain|weight|backend|backend\..*|[a-z0-9_-]+\.(weight|backend|backend\..*))$/
/** What a mistyped label may have been. */
const GUARD = /auth|white|allow|middle|chain|tls\.options|secur/

/**
 * Tells of the labels of Traefik of which nothing becomes. One that Traefik does not know is refused where it may be a mistyped
 * guard; Traefik refuses it too.
 * @param isLeftOut whether the service is a Traefik that is left out as a whole: that is said once
 */
export function tellOfLabels(
  service: CanonicalService,
  key: string,
  isLeftOut: boolean,
  findings: Findings,
): void {
  for (const label of labelsOf(service).keys()) {
    const small = label.toLowerCase()
    if (!small.startsWith('traefik.') || READ.test(small)) continue
    const at = labelPath(service, key, label)
    const fate = fateOf(small)
    if (fate === 'unknown') findings.refuse(at, `there is no label ${label} of Traefik`, remedy(small))
    else if (fate === 'read' || isLeftOut) continue
    else if (DOCKERS.test(small))
      findings.warn(at, `${label} is left out: Traefik reaches the pods by the cluster's own network`)
    else
      findings.warn(
        at,
        `${label} is left out: no object of Kubernetes says that here`,
        'Where it is needed, write an IngressRoute of Traefik beside the stack.',
      )
  }
}

function fateOf(label: string): 'read' | 'dropped' | 'unknown' {
  const { protocol, kind, option, known } = parsed(label)
  // Options of middlewares are told of where middlewares are read.
  if (kind === 'middlewares' && option !== '') return protocol === 'udp' ? 'dropped' : 'read'
  if (kind === 'serverstransports') return 'dropped'
  if (known?.read.includes(option)) return 'read'
  const plain = `${option}.`.replace(/\[\d+\]/g, '')
  if (known?.dropped.some((one) => plain.startsWith(`${one}.`))) return 'dropped'
  return protocol !== '' || (!HARMLESS.test(label) && GUARD.test(label)) ? 'unknown' : 'dropped'
}

/** `traefik.http.routers.web.rule` */
function parsed(label: string) {
  const [, protocol = '', kind = '', option = ''] =
    /^traefik\.(http|tcp|udp)\.([^.]+)(?:\.[^.]+\.(.+))?$/.exec(label) ?? []
  return { protocol, kind, option, known: KNOWN.get(`${protocol}.${kind}`) }
}

const FIRST = ['http', 'tcp', 'udp', 'frontend', 'routers', 'services', 'middlewares']

function remedy(label: string): string {
  const { kind, option, known } = parsed(label)
  const written = known ? option : kind || (label.split('.')[1] ?? '')
  const words = known ? [...known.read, ...known.dropped] : FIRST
  const [like] = words.toSorted((a, b) => slipsBetween(a, written) - slipsBetween(b, written))
  return `Did you mean ${like}? Else take it out: Traefik serves nothing of a service with a label that it does not know.`
}
