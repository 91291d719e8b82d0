import { portKey, portOrder } from '../route.ts'
import { camelCase } from './camel-case.ts'
import type { ControllerEdge } from './controller-rules.ts'
import { entriesOf } from './ingress.ts'
import type { Condition, ServiceObject } from './objects.ts'
import { isSilent, type ServiceOutcome } from './outcome.ts'
import { listed } from './problem.ts'
import { backendsDown, type Grievance, grievances, shortened } from './refusals.ts'

/** The type of the condition that says whether all that a Service wants is served. */
export const LIVE = 'homeport.dev/Live'

const DOWN = camelCase('backends-down')

/** Whether the status says that no backend of the Service is up. */
export function saysDown({ status }: ServiceObject): boolean {
  return status.conditions.some(({ type, reason }) => type === LIVE && reason === DOWN)
}

export type Verdict = Pick<Condition, 'status' | 'reason' | 'message'>

/** `metav1.Condition` takes no longer message. */
const MAX_CONDITION_MESSAGE = 32_768

/** Reasons that only this controller gives, from what it knows at any time: they say nothing of an edge. */
const OWN_REASONS: ReadonlySet<string> = new Set(
  ['annotation-invalid', 'edge-unknown', 'no-node-port', 'protocol-unsupported', 'too-many-ports']
    .map(camelCase)
    .concat('Waiting'),
)

/**
 * What the condition is to say. True also where no backend is up, since the edge does its part; the reason and the message
 * tell of it then. False with all that is wrong, the first of it as the reason; Unknown where an edge never
 * said anything of this Service. What the status says of an edge that is out of reach now holds until it speaks again.
 */
export function verdict(
  service: ServiceObject,
  outcome: ServiceOutcome,
  known: readonly ControllerEdge[],
): Verdict {
  const wrong = grievances(outcome)
  const [first] = wrong
  const down = backendsDown(outcome)
  if (first)
    return { status: 'False', reason: camelCase(first.code), message: messageOf([...wrong, ...down]) }
  const claims = outcome.edges.flatMap((edge) => edge.claims)
  if (claims.length === 0) {
    return { status: 'Unknown', reason: 'Waiting', message: 'The Service has no node ports yet.' }
  }
  const silent = outcome.edges.filter(isSilent)
  const before = service.status.conditions.find(({ type }) => type === LIVE)
  if (silent.length === outcome.edges.length && before && !OWN_REASONS.has(before.reason)) return before
  const strangers = silent.filter(({ edge }) => !saysLive(service, edge, known))
  if (strangers.length > 0) {
    const names = listed(strangers.map(({ edge }) => edge))
    const message = `No answer from ${names} yet. The controller tries again by itself; its log says why.`
    return { status: 'Unknown', reason: 'EdgeUnreachable', message }
  }
  const live = { code: 'live', message: liveMessage(outcome) }
  return { status: 'True', reason: camelCase((down[0] ?? live).code), message: messageOf([live, ...down]) }
}

function messageOf(grievances: readonly Grievance[]): string {
  return shortened(grievances.map(({ message }) => message).join(' '), MAX_CONDITION_MESSAGE)
}

/** `Live at ams, fra: tcp/443, tcp/8443.` */
export function liveMessage({ edges }: ServiceOutcome): string {
  const keys = edges.flatMap(({ claims }) =>
    claims.map(({ claim: { port, protocol = 'tcp' } }) => portKey(protocol, port)),
  )
  const ports = [...new Set(keys)].sort((a, b) => portOrder(a) - portOrder(b))
  return `Live at ${listed(edges.map(({ edge }) => edge).sort())}: ${listed(ports)}.`
}

function saysLive(service: ServiceObject, name: string, known: readonly ControllerEdge[]): boolean {
  const edge = known.find((one) => one.name === name)
  const entries = edge ? entriesOf(service, edge) : []
  return (
    entries.length > 0 && entries.every(({ ports = [] }) => ports.every(({ error }) => error === undefined))
  )
}
