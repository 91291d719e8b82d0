import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { Edge } from '../edge/edge.ts'
import type { Call } from '../edge/edge-service.ts'
import type { DocumentAnswer, DocumentRequest } from '../wire/document.ts'
import type { EventView } from '../wire/views.ts'
import { MemoryDriver } from './memory-driver.ts'
import { MemoryStore } from './memory-store.ts'

/** How long a silent phone's claims are kept by these edges, ms. */
export const HOLD_TIME = 600_000

/** An edge whose store and data plane are in memory, for tests under vitest's fake timers. */
export class EdgeInMemory {
  readonly store: MemoryStore
  readonly driver: MemoryDriver
  readonly edge: Edge
  readonly events: EventView[] = []
  /** Tokens that were revoked: their documents may be taken over. */
  readonly revoked = new Set<string>()
  readonly logged: string[] = []

  constructor(store = new MemoryStore(), driver = new MemoryDriver(), rules: Partial<ClaimRules> = {}) {
    this.store = store
    this.driver = driver
    const line = (_: unknown, message?: string) => this.logged.push(message ?? '')
    this.edge = new Edge({
      store,
      saved: store.load(),
      driver,
      rules: {
        reservedPorts: new Set(['tcp/9443']),
        ownAddresses: new Set(['198.51.100.1']),
        allowLoopback: false,
        protocols: new Set(['tcp']),
        ...rules,
      },
      holdTime: HOLD_TIME,
      tokenLives: (id) => !this.revoked.has(id),
      log: { debug: line, info: line, warn: line, error: line },
      monotonic: () => performance.now(),
      wallClock: () => 0,
      version: 'test',
      fingerprint: '',
      isEphemeral: (port) => port >= 40_000,
      warnings: () => [],
      onChanged: () => {},
    })
    this.edge.events(undefined, (event) => this.events.push(event))
  }

  /** Another daemon on the same disk and data plane: this one was killed, or stopped before. `rules` differ, maybe. */
  successor(rules?: Partial<ClaimRules>): EdgeInMemory {
    return new EdgeInMemory(this.store, this.driver, rules)
  }

  /** As the API has it: what changes nothing is answered without more ado. */
  async put(phone: string, document: DocumentRequest, more: Partial<Call> = {}) {
    const body = new TextEncoder().encode(JSON.stringify(document))
    const call = aCall(phone, more)
    const {
      status,
      digest,
      revision,
      body: text,
    } = this.edge.unchanged(call, body) ?? (await this.edge.put(call, body))
    const answer: DocumentAnswer = JSON.parse(text)
    return { status, digest, revision, claims: answer.claims }
  }
}

/** A call of the phone `home/<phone>` with a token that opens everything. */
export function aCall(phone: string, more: Partial<Call> = {}): Call {
  const identity = { id: 'token', scope: { role: 'phone' as const } }
  return { identity, cluster: 'home', phone, caller: '203.0.113.7', ...more }
}
