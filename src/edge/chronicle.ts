import type { Observed, ObservedRoute } from '../core/plan/observed.ts'
import type { Service } from '../core/registry/answer.ts'
import type { Step } from '../core/registry/reduce.ts'
import type { HeldDocument, State } from '../core/registry/state.ts'
import type { PortKey } from '../core/route.ts'
import type { Log } from '../log.ts'
import type { EventView } from '../wire/views.ts'
import type { EventStream } from './event-stream.ts'

/** Events that somebody should look at. */
const WARNINGS: ReadonlySet<EventView['type']> = new Set([
  'route-refused',
  'backend-down',
  'phone-silent',
  'haproxy-unavailable',
])

/** Tells the log and the event stream of every change of state, once; never of a heartbeat. */
export class Chronicle {
  readonly #events: EventStream
  readonly #log: Log
  /** How each route was last told of: `live`, or the code of its refusal. */
  readonly #told = new Map<PortKey, string>()

  readonly #remark: (key: PortKey) => string | undefined

  /** @param remark what is to be said of a port that is served from now on */
  constructor(events: EventStream, log: Log, remark: (key: PortKey) => string | undefined) {
    this.#events = events
    this.#log = log
    this.#remark = remark
  }

  tell(type: EventView['type'], subject: string, detail?: string): void {
    this.#events.publish(type, subject, detail)
    const fields = { event: type, subject, ...(detail !== undefined && { detail }) }
    if (WARNINGS.has(type)) this.#log.warn(fields, `${subject}: ${type}`)
    else this.#log.info(fields, `${subject}: ${type}`)
  }

  /** Phones that came back, fell silent or went. */
  documents(before: State, { state, documents }: Step): void {
    for (const key of documents) {
      const [old, held] = [before.documents.get(key), state.documents.get(key)]
      if (old && !held) this.tell('phone-gone', key)
      else if (silent(held) && !silent(old)) this.tell('phone-silent', key)
      else if (held && silent(old) && !silent(held)) this.tell('phone-back', key)
    }
  }

  /** Routes that are served, refused or gone now and were not before. `service` gives undefined for no route. */
  services(keys: Iterable<PortKey>, service: (key: PortKey) => Service | undefined): void {
    for (const key of keys) {
      const now = service(key)
      const told = now?.state === 'refused' ? now.refusal.code : now?.state
      if (this.#told.get(key) === told) continue
      if (told === undefined) this.#told.delete(key)
      else this.#told.set(key, told)
      if (now === undefined) this.tell('route-gone', key)
      else if (now.state === 'live') this.tell('route-live', key, this.#remark(key))
      else this.tell('route-refused', key, `${now.refusal.code}: ${now.refusal.detail}`)
    }
  }

  /**
   * Backends that went up or down between two looks. Returns the ports of which something else is to be answered: where any
   * health changed, or it is known only now why one is down.
   */
  health(before: Observed | undefined, after: Observed): PortKey[] {
    const changed: PortKey[] = []
    // Not `for`: that makes an array of each entry, of a thousand or more with each call.
    after.routes.forEach((route, key) => {
      const old = before?.routes.get(key)
      if (old !== route && this.#routeHealth(key, old, route)) changed.push(key)
    })
    return changed
  }

  #routeHealth(key: PortKey, old: ObservedRoute | undefined, now: ObservedRoute): boolean {
    let changed = old?.backends.size !== now.backends.size
    for (const [name, { health, reason }] of now.backends) {
      const { health: was, reason: known } = old?.backends.get(name) ?? {}
      if (was === health) {
        changed ||= known === undefined && reason !== undefined
        continue
      }
      changed = true
      if (health === 'down') this.tell('backend-down', `${key} ${name}`, reason)
      else if (health === 'up' && was === 'down') this.tell('backend-up', `${key} ${name}`)
    }
    return changed
  }
}

function silent(held: HeldDocument | undefined): boolean {
  return held?.lapsedAt !== undefined
}
