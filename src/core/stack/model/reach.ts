import type { CanonicalService } from '../canonical.ts'
import type { StackContext } from './context.ts'
import { readPorts } from './ports.ts'
import type { RouteReader } from './routes.ts'
import { isUsualPort } from './scheme-ports.ts'
import type { Port } from './service-model.ts'

/** How the others of a stack reach a service. In Swarm its name leads to every port, declared or not. */
export interface Reach {
  /** Where it is known to listen: its routes lead there. */
  readonly known: readonly Port[]
  /** Those of its Service: also where URLs that name no port ask for it. */
  readonly ports: readonly Port[]
  /** Its name has no address of its own, and leads to every port. */
  readonly headless: boolean
}

/** Reads it when all texts of the stack are read, which name each other's ports. */
export function readReach(
  key: string,
  service: CanonicalService,
  routes: RouteReader,
  context: StackContext,
): Reach {
  const { names, findings } = context
  const routed = [...routes.ports(key, service)]
  const named = [...(names.portsOf.get(key) ?? [])].map(tcp)
  const listed = readPorts(service, [...routed, ...named], ['services', key], findings)
  const isListed = listed.some(({ protocol }) => protocol === 'TCP')
  const known = isListed ? listed : [...listed, ...routes.guessedPorts(key, service)]
  const isHearsay = service.ports.length + service.expose.length + routed.length === 0
  if (isHearsay || service.deploy.endpoint_mode === 'dnsrr') return { known, ports: known, headless: true }
  const asked = [...(names.schemePortsOf.get(key) ?? [])]
    .filter((port) => !known.some((one) => one.protocol === 'TCP' && one.port === port))
    .map(tcp)
  const ports = [...known, ...asked].toSorted((a, b) => a.port - b.port)
  return { known, ports, headless: ports.length === 0 || isAskedElsewhere(key, service, known, context) }
}

function tcp(port: number): Port {
  return { port, protocol: 'TCP' }
}

/**
 * Whether somebody names it without a port, and what is known may be others: those that are published (15672 of a RabbitMQ,
 * say), or have a route. `expose` says what others ask for, and so does the usual port of a database.
 */
function isAskedElsewhere(
  key: string,
  service: CanonicalService,
  known: readonly Port[],
  { names, findings }: StackContext,
): boolean {
  const at = names.portlessAt.get(key)
  const isSaid = service.expose.length > 0 || service.deploy.endpoint_mode === 'vip'
  if (at === undefined || isSaid || known.some(({ port }) => isUsualPort(port))) return false
  findings.warn(
    at,
    `${key} is named without a port, and may be asked for another than ${known.map(({ port }) => port).join(', ')}: its name leads to all ports of its tasks, and has no address of its own (headless)`,
    'Write the port that it is asked for into its expose, where clients keep the address.',
  )
  return true
}
