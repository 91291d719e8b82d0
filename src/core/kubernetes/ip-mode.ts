import type { ControllerRules } from './controller-rules.ts'
import { keepsPort } from './keeps-port.ts'
import type { Ingress, ServiceObject, ServicePort } from './objects.ts'
import type { ClaimOutcome } from './outcome.ts'
import { type PortRef, portName } from './problem.ts'

/**
 * How kube-proxy takes the cluster's own connections to an address (KEP-1860). `VIP`: straight to the pods, for *every* port of
 * the Service's spec. On the one address of the edge a port that the Service does not have may be another's, or the edge's own
 * API; so `VIP` is said only while every port is known to be live, or was so when the status said `VIP` and nothing says
 * otherwise. And not where the edge adds a PROXY header, which the pods would miss.
 */
export function ipMode(
  { ports }: Pick<ServiceObject, 'ports'>,
  claims: readonly ClaimOutcome[],
  before: Ingress | undefined,
  rules: Pick<ControllerRules, 'ipMode'>,
): 'VIP' | 'Proxy' {
  if (rules.ipMode === 'Proxy') return 'Proxy'
  if (claims.some(({ claim: { proxyProtocol = 'off' } }) => proxyProtocol !== 'off')) return 'Proxy'
  const isOwn = (port: ServicePort) => {
    const mine = claims.filter(({ claim }) => nameOf(claim) === portName(port))
    return (
      mine.length > 0 && mine.every(({ fate }) => fate.state === 'live' || isOwnStill(fate, port, before))
    )
  }
  return ports.every(isOwn) ? 'VIP' : 'Proxy'
}

/** Whether the status vouches for a port: it says `VIP` and names it, so that it was live then. */
export function vouchesFor(before: Ingress | undefined, port: PortRef): boolean {
  const { ipMode: mode, ports = [] } = before ?? {}
  return mode === 'VIP' && ports.some((one) => portName(one) === portName(port))
}

function isOwnStill(fate: ClaimOutcome['fate'], port: PortRef, before: Ingress | undefined): boolean {
  return (
    vouchesFor(before, port) &&
    (fate.state === 'unknown' || (fate.state === 'refused' && keepsPort(fate.code)))
  )
}

function nameOf({ port, protocol = 'tcp' }: ClaimOutcome['claim']): string {
  return `${protocol.toUpperCase()}/${port}`
}
