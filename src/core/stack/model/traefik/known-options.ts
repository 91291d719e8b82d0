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
      read: [...ROUTER, 'rulesyntax', ...TLS],
      dropped: ['tls.domains', 'observability', 'parentrefs'],
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
  ['tcp.routers', { read: [...ROUTER, 'rulesyntax', ...TLS, 'tls.passthrough'], dropped: ['tls.domains'] }],
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
  ['udp.routers', { read: ['entrypoints', 'service'], dropped: [] }],
  ['udp.services', { read: [SERVER], dropped: [] }],
])

/** What Traefik, its provider or Traefik 1 reads, and what means nothing here. */
const HARMLESS =
  /^traefik\.(enabled?|tags|constraint-label.*|(docker|swarm)\..*|domain|weight|port|protocol|backend|backend\..*|frontend\..*|[a-z0-9_-]+\.(frontend\..*|port|protocol|weight|backend|backend\..*))$/
/** What a mistyped label may have been. */
const GUARD = /auth|white|allow|middle|chain|tls\.options|secur/

/** Refuses the labels that Traefik does not know, as it does, where they may be a mistyped guard. */
export function refuseMistyped(service: CanonicalService, key: string, findings: Findings): void {
  for (const label of labelsOf(service).keys()) {
    const small = label.toLowerCase()
    if (!small.startsWith('traefik.')) continue
    const [, protocol = '', kind = '', option = ''] =
      /^traefik\.(http|tcp|udp)\.([^.]+)(?:\.[^.]+\.(.+))?$/.exec(small) ?? []
    // Those that are no middleware's options are refused where middlewares are read.
    if ((kind === 'middlewares' && option !== '') || kind === 'serverstransports') continue
    const known = KNOWN.get(`${protocol}.${kind}`)
    const plain = `${option}.`.replace(/\[\d+\]/g, '')
    if (known?.read.includes(option) || known?.dropped.some((one) => plain.startsWith(`${one}.`))) continue
    if (protocol !== '' || GUARD.test(small.replace(HARMLESS, '')))
      findings.refuse(
        labelPath(service, key, label),
        `there is no label ${label} of Traefik`,
        remedy(known ? option : kind || (small.split('.')[1] ?? ''), known),
      )
  }
}

const FIRST = ['http', 'tcp', 'udp', 'frontend', 'routers', 'services', 'middlewares']

function remedy(written: string, known: Known | undefined): string {
  const words = known ? [...known.read, ...known.dropped] : FIRST
  const [like] = words.toSorted((a, b) => slipsBetween(a, written) - slipsBetween(b, written))
  return `Did you mean ${like}? Else take it out: Traefik serves nothing of a service with a label that it does not know.`
}
