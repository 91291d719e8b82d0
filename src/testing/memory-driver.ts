import { type Change, needsReload } from '../core/plan/change.ts'
import {
  DataPlaneUnavailable,
  type Driver,
  type DriverEvent,
  type DriverStatus,
  type Outcome,
} from '../core/plan/driver.ts'
import type { Observed, ObservedBackend, ObservedRoute } from '../core/plan/observed.ts'
import { shapeOf } from '../core/plan/shape.ts'
import type { Refusal } from '../core/refusal.ts'
import { type Backend, backendName, type PortKey, type Route, type Routes } from '../core/route.ts'
import type { Health } from '../wire/document.ts'

/** A data plane in memory: it keeps routes as HAProxy does, carries nothing, and fails as it is told to. */
export class MemoryDriver implements Driver {
  /** Ports that "another program" listens on. */
  readonly takenPorts = new Set<number>()
  /** Routes that it will not take, each with its reason. */
  readonly refusals = new Map<PortKey, Refusal>()
  /** Backends, by name, that it will not add at run time, each with its reason. */
  readonly backendRefusals = new Map<string, Refusal>()
  /** Set to make every call fail as if it did not answer. */
  unavailable: string | undefined
  /** Set to make it say that more reloads would end sessions. */
  isCrowded = false
  /** Set to make it run with other settings than wanted, until the next reload. */
  foundationCurrent = true
  /** Everything it was told to do, in order. */
  readonly applied: Change[] = []
  readonly #onEvent: (event: DriverEvent) => void
  #routes = new Map<PortKey, ObservedRoute>()
  /** Whether somebody was shown the routes: the next change begins with another map. */
  #shown = false
  #running = false
  #reloads = 0

  constructor(onEvent: (event: DriverEvent) => void = () => {}) {
    this.#onEvent = onEvent
  }

  async observe(desired: Routes): Promise<Observed> {
    this.#answer()
    if (!this.#running) {
      this.#running = true
      for (const route of desired.values()) this.#open(route)
      this.#onEvent({ type: 'haproxy-started', detail: 'in memory' })
    }
    for (const [key, { shape, backends }] of this.#routes) {
      const gone = [...backends.values()].filter((backend) => hasLeft(backend))
      if (gone.length === 0) continue
      const staying = new Map(backends)
      for (const { name } of gone) staying.delete(name)
      this.#keep(key, { shape, backends: staying })
    }
    return this.#observed()
  }

  async apply(changes: readonly Change[], desired: Routes): Promise<Outcome> {
    this.#answer()
    this.applied.push(...changes)
    const refused = new Map<PortKey, Refusal>()
    for (const change of changes) {
      const name = change.kind === 'add-backend' ? backendName(change.backend) : ''
      const refusal = this.backendRefusals.get(name)
      if (change.kind === 'add-backend' && refusal) refused.set(change.key, refusal)
      else if (!needsReload(change)) this.#change(change)
    }
    const slow = changes.filter(needsReload)
    for (const change of slow) {
      const refusal = 'route' in change ? this.#refusal(change.route) : undefined
      if ('key' in change && refusal) refused.set(change.key, refusal)
    }
    const reloaded = slow.some((change) => !('key' in change) || !refused.has(change.key))
    if (reloaded) this.#reload(desired, refused)
    return { refused, reloaded, observed: this.#observed() }
  }

  async status(): Promise<DriverStatus> {
    const sessions = [...this.#routes.values()]
      .flatMap(({ backends }) => [...backends.values()])
      .reduce((sum, backend) => sum + backend.sessions, 0)
    const common = { reloads: this.#reloads, sessions, oldWorkers: [] }
    if (this.unavailable !== undefined) return { ...common, state: 'unavailable', detail: this.unavailable }
    return { ...common, state: 'running', version: 'memory', pid: 1 }
  }

  async close(): Promise<void> {}

  /** As if its health checks had found this. */
  setHealth(key: PortKey, name: string, health: Health, reason?: string): void {
    this.#update(key, name, (backend) => {
      const { reason: _, ...rest } = backend
      return { ...rest, health, ...(reason === undefined ? {} : { reason }) }
    })
  }

  setSessions(key: PortKey, name: string, sessions: number): void {
    this.#update(key, name, (backend) => ({ ...backend, sessions }))
  }

  /** As if it had crashed: the next look starts it with what is wanted then. */
  crash(): void {
    this.#running = false
    this.#replace(new Map())
  }

  #answer(): void {
    if (this.unavailable !== undefined) throw new DataPlaneUnavailable(this.unavailable)
  }

  /** A look, which comes each second, copies nothing. */
  #observed(): Observed {
    this.#shown = true
    return { routes: this.#routes, foundationCurrent: this.foundationCurrent }
  }

  #keep(key: PortKey, route: ObservedRoute): void {
    if (this.#shown) this.#replace(new Map(this.#routes))
    this.#routes.set(key, route)
  }

  #replace(routes: Map<PortKey, ObservedRoute>): void {
    this.#routes = routes
    this.#shown = false
  }

  #refusal({ key, port, protocol }: Route): Refusal | undefined {
    const refusal = this.refusals.get(key)
    if (refusal) return refusal
    if (protocol !== 'tcp') {
      return { code: 'protocol-unsupported', detail: `${protocol} is not carried in memory` }
    }
    if (this.takenPorts.has(port) && !this.#routes.has(key)) {
      return { code: 'port-taken-on-host', detail: `another program uses port ${port}` }
    }
    return undefined
  }

  /** Everything anew, as a reload does: those that leave go with it, and what is refused stays as it is. */
  #reload(desired: Routes, refused: ReadonlyMap<PortKey, Refusal>): void {
    const before = this.#routes
    this.#replace(new Map())
    for (const route of desired.values()) {
      const running = before.get(route.key)
      if (!refused.has(route.key)) this.#open(route, running)
      else if (running) this.#keep(route.key, running)
    }
    this.foundationCurrent = true
    this.#reloads++
    this.#onEvent({ type: 'haproxy-reloaded', detail: 'in memory' })
  }

  #open(route: Route, running?: ObservedRoute): void {
    if (!running && this.#refusal(route)) return
    const backends = route.backends.map((backend) => {
      const name = backendName(backend)
      const before = running?.backends.get(name) ?? fresh(backend, route)
      return [name, { ...before, admission: 'ready' as const }] as const
    })
    this.#keep(route.key, { shape: shapeOf(route), backends: new Map(backends) })
  }

  #change(change: Change): void {
    switch (change.kind) {
      case 'add-backend': {
        const route = this.#routes.get(change.key)
        if (!route) return
        const added = fresh(change.backend, change.route)
        const backends = new Map(route.backends).set(added.name, added)
        this.#keep(change.key, { ...route, backends })
        return
      }
      case 'readmit-backend':
        this.#update(change.key, change.name, (backend) => ({ ...backend, admission: 'ready' }))
        return
      case 'retire-backend':
        this.#update(change.key, change.name, (backend) => ({ ...backend, admission: 'leaving' }))
        return
      default:
    }
  }

  #update(key: PortKey, name: string, change: (backend: ObservedBackend) => ObservedBackend): void {
    const route = this.#routes.get(key)
    const backend = route?.backends.get(name)
    if (!route || !backend) return
    this.#keep(key, { ...route, backends: new Map(route.backends).set(name, change(backend)) })
  }
}

function hasLeft({ admission, sessions }: ObservedBackend): boolean {
  return admission === 'leaving' && sessions === 0
}

function fresh(backend: Backend, { check }: Route): ObservedBackend {
  return {
    name: backendName(backend),
    admission: 'ready',
    health: check.type === 'none' ? 'unchecked' : 'checking',
    sessions: 0,
  }
}
