import { errorEntry } from '../../wire/error-codes.ts'
import { camelCase } from './camel-case.ts'
import { LIVE, liveMessage } from './live-condition.ts'
import type { ServiceObject } from './objects.ts'
import type { ServiceOutcome } from './outcome.ts'
import { backendsDown, type Grievance, grievances, MAX_MESSAGE, shortened } from './refusals.ts'

export interface EventDraft {
  readonly type: 'Normal' | 'Warning'
  /** CamelCase. */
  readonly reason: string
  /** At most 1024 characters. */
  readonly message: string
}

/** What a Service's Events have said, as far as it holds still. */
export interface Told {
  /** The message of the last `Live`, until something is wrong. */
  readonly live: string | undefined
  /** What is wrong, by code and message. */
  readonly wrong: ReadonlySet<string>
  /** What the condition said of it before this controller started, or nothing. */
  readonly earlier: string
}

export const NOTHING_TOLD: Told = { live: undefined, wrong: new Set(), earlier: '' }

/** What was told before this controller started, as far as the status still says it. */
export function toldByStatus(service: ServiceObject): Told {
  const before = service.status.conditions.find(({ type }) => type === LIVE)
  if (!before) return NOTHING_TOLD
  return before.reason === 'Live'
    ? { ...NOTHING_TOLD, live: before.message }
    : { ...NOTHING_TOLD, earlier: before.message }
}

/**
 * The Events that a change of a Service's outcome is worth: what is newly wrong, and that all is live (again, or with
 * other ports). The same is told once for as long as it holds. An edge that is out of reach changes nothing: what it
 * last said was told, and that it is silent is not this Service's matter.
 */
export function eventsFor(told: Told, outcome: ServiceOutcome): { events: EventDraft[]; told: Told } {
  const wrong = new Map([...grievances(outcome), ...backendsDown(outcome)].map((one) => [nameOf(one), one]))
  const claims = outcome.edges.flatMap((edge) => edge.claims)
  const silent = claims.some(({ fate }) => fate.state === 'unknown')
  const isFresh = (name: string, { message }: Grievance) =>
    !told.wrong.has(name) && !told.earlier.includes(message)
  const fresh = [...wrong].filter(([name, one]) => isFresh(name, one)).map(([, one]) => warning(one))
  const names = new Set(wrong.keys())
  if (silent) return { events: fresh, told: { ...told, wrong: told.wrong.union(names) } }
  const now = { ...NOTHING_TOLD, wrong: names }
  if (wrong.size > 0 || claims.length === 0) return { events: fresh, told: now }
  const live = shortened(liveMessage(outcome), MAX_MESSAGE)
  const events: EventDraft[] = live === told.live ? [] : [{ type: 'Normal', reason: 'Live', message: live }]
  return { events, told: { ...now, live } }
}

/** Another controller writes the Service's status, and this one leaves it alone. */
export function statusHeld(holder: string): EventDraft {
  const { remedy } = errorEntry('status-held')
  const message = `The status is left as ${holder} writes it. ${remedy}`
  return { type: 'Warning', reason: camelCase('status-held'), message }
}

function warning({ code, message }: Grievance): EventDraft {
  return { type: 'Warning', reason: camelCase(code), message }
}

function nameOf({ code, message }: Grievance): string {
  return `${code}: ${message}`
}
