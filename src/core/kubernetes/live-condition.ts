import { type PortKey, portKey, portOrder } from '../route.ts'
import { camelCase } from './camel-case.ts'
import type { ControllerEdge } from './controller-rules.ts'
import { entriesOf } from './ingress.ts'
import type { Condition, Ingress, ServiceObject } from './objects.ts'
import { type ClaimOutcome, type EdgeOutcome, isSilent, type ServiceOutcome } from './outcome.ts'
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
 * said anything of a port. What the status says of an edge that is out of reach now holds until it speaks again, but for a `True`
 * of other ports than those of now. (Which spec it speaks of, `observedGeneration` cannot say: Services have no generation.)
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
  const live = { code: 'live', message: liveMessage(outcome) }
  const waiting = outcome.edges.flatMap((edge) => awaited(service, edge, known))
  const before = service.status.conditions.find(({ type }) => type === LIVE)
  if (before && outcome.edges.every(isSilent)) {
    // One that is no load balancer has nothing but the message to say which ports were live.
    const isServed = waiting.length === 0 || service.type !== 'LoadBalancer'
    if (before.status === 'True' ? isServed && before.message.startsWith(live.message) : saysOfEdge(before))
      return before
  }
  if (waiting.length > 0) {
    const message = `No answer yet from ${listed(waiting)}. The controller tries again by itself; its log says why.`
    return {
      status: 'Unknown',
      reason: 'EdgeUnreachable',
      message: shortened(message, MAX_CONDITION_MESSAGE),
    }
  }
  return { status: 'True', reason: camelCase((down[0] ?? live).code), message: messageOf([live, ...down]) }
}

/** What an edge has refused, it refuses until it says otherwise. */
function saysOfEdge({ status, reason }: Condition): boolean {
  return status === 'False' && !OWN_REASONS.has(reason)
}

function messageOf(grievances: readonly Grievance[]): string {
  return shortened(grievances.map(({ message }) => message).join(' '), MAX_CONDITION_MESSAGE)
}

/** `Live at ams, fra: tcp/443, tcp/8443.` */
export function liveMessage({ edges }: ServiceOutcome): string {
  const ports = portsOf(edges.flatMap(({ claims }) => claims))
  return `Live at ${listed(edges.map(({ edge }) => edge).sort())}: ${listed(ports)}.`
}

function portsOf(claims: readonly ClaimOutcome[]): PortKey[] {
  const keys = claims.map(({ claim: { port, protocol = 'tcp' } }) => portKey(protocol, port))
  return [...new Set(keys)].sort((a, b) => portOrder(a) - portOrder(b))
}

/** `fra (tcp/8443)` where the edge has said nothing of these ports, and the status says of them no more. */
function awaited(
  service: ServiceObject,
  { edge: name, claims }: EdgeOutcome,
  known: readonly ControllerEdge[],
): string[] {
  const edge = known.find((one) => one.name === name)
  const entries = edge ? entriesOf(service, edge) : []
  const saysLive = ({ claim }: ClaimOutcome) =>
    entries.length > 0 && entries.every((entry) => namesLive(entry, claim))
  const ports = portsOf(claims.filter((one) => one.fate.state === 'unknown' && !saysLive(one)))
  return ports.length > 0 ? [`${name} (${listed(ports)})`] : []
}

function namesLive({ ports = [] }: Ingress, { port, protocol = 'tcp' }: ClaimOutcome['claim']): boolean {
  const said = ports.find((one) => one.port === port && one.protocol === protocol.toUpperCase())
  return said !== undefined && said.error === undefined
}
