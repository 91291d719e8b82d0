import type { ControllerRules } from './controller-rules.ts'
import { desiredIngress, guardedIngress } from './ingress.ts'
import { LIVE, type Verdict, verdict } from './live-condition.ts'
import type { Condition, Ingress, ServiceObject } from './objects.ts'
import type { ServiceOutcome } from './outcome.ts'
import { formatTime } from './rfc3339.ts'

/** The `status` of a server-side apply: all that this controller says of a Service, and nothing else. */
export interface ServiceStatus {
  /** Left out for a Service that is no load balancer: the API server takes no ingress there. */
  readonly loadBalancer?: { readonly ingress: readonly Ingress[] }
  readonly conditions: readonly Condition[]
}

/**
 * What a Service's status is to say, or undefined where it says so already: nothing is written when nothing changed.
 * `now` is in milliseconds since 1970; a condition whose status stays keeps the time of its last transition.
 */
export function desiredStatus(
  service: ServiceObject,
  outcome: ServiceOutcome,
  rules: Pick<ControllerRules, 'edges' | 'ipMode'>,
  now: number,
): ServiceStatus | undefined {
  const balancer = service.type === 'LoadBalancer'
  const ingress = balancer ? desiredIngress(service, outcome, rules) : []
  const wanted = verdict(service, outcome, rules.edges)
  const before = service.status.conditions.find(({ type }) => type === LIVE)
  if (before && saysSame(before, wanted) && (!balancer || sameIngress(service.status.ingress, ingress))) {
    return undefined
  }
  const kept = before?.status === wanted.status ? before.lastTransitionTime : ''
  const { status, reason, message } = wanted
  const condition = { type: LIVE, status, reason, message, lastTransitionTime: kept || formatTime(now) }
  return { ...(balancer && { loadBalancer: { ingress } }), conditions: [condition] }
}

/**
 * The status of a Service of which it is not known yet what to say, or undefined where what it says does no harm. Its condition
 * stays.
 */
export function guardedStatus(
  service: ServiceObject,
  rules: Pick<ControllerRules, 'ipMode'>,
): ServiceStatus | undefined {
  const ingress = service.type === 'LoadBalancer' ? guardedIngress(service, rules) : undefined
  return ingress && { loadBalancer: { ingress }, conditions: service.status.conditions }
}

/**
 * The status of a Service that is no longer ours, or undefined where nothing of ours is in it: applied, it takes away what
 * this controller said.
 */
export function clearedStatus(service: ServiceObject): ServiceStatus | undefined {
  if (!service.status.conditions.some(({ type }) => type === LIVE)) return undefined
  return { ...(service.type === 'LoadBalancer' && { loadBalancer: { ingress: [] } }), conditions: [] }
}

function saysSame(before: Condition, wanted: Verdict): boolean {
  return (
    before.status === wanted.status && before.reason === wanted.reason && before.message === wanted.message
  )
}

function sameIngress(before: readonly Ingress[], wanted: readonly Ingress[]): boolean {
  return JSON.stringify(before.map(inOrder)) === JSON.stringify(wanted.map(inOrder))
}

/** The fields in one order, whatever order they came in. */
function inOrder({ ip, hostname, ipMode, ports }: Ingress) {
  return [ip, hostname, ipMode, ports?.map(({ port, protocol, error }) => [port, protocol, error])]
}
