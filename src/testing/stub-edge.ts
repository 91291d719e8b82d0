import type { Answer, Call, EdgeService } from '../edge/edge-service.ts'
import type { EventView, StatusView } from '../wire/views.ts'

/** A digest as the edge writes them: 43 characters. */
export const STUB_DIGEST = 'd'.repeat(43)

export const STUB_STATUS: StatusView = {
  version: '1.2.3',
  fingerprint: 'f'.repeat(43),
  uptime: 7,
  ready: true,
  documents: 2,
  clusters: [{ name: 'home', documents: 2, claims: 3 }],
  routes: { live: 1, refused: 1 },
  haproxy: {
    state: 'running',
    version: '2.6.12',
    pid: 42,
    reloads: 3,
    sessions: 5,
    oldWorkers: [{ pid: 41, uptime: '1m', sessions: 2 }],
  },
  warnings: [],
}

/** What a stub was asked, for a test to look at. */
export interface StubEdge extends EdgeService {
  readonly calls: {
    readonly method: string
    readonly call: Call
    readonly body?: string
    readonly digest?: string
  }[]
  /** How many follow the events. */
  readonly followers: number
  tell(event: EventView): void
}

/** An edge that takes everything and knows nothing: for tests of what stands in front of it. */
export function stubEdge(overrides: Partial<EdgeService> = {}): StubEdge {
  const calls: StubEdge['calls'] = []
  const listeners = new Set<(event: EventView) => void>()
  const kept: EventView[] = []
  const answer: Answer = {
    status: 200,
    digest: STUB_DIGEST,
    revision: '1',
    body: JSON.stringify({ digest: STUB_DIGEST, claims: [] }),
  }
  return {
    calls,
    get followers() {
      return listeners.size
    },
    tell(event) {
      kept.push(event)
      for (const listener of listeners) listener(event)
    },
    put(call, body) {
      calls.push({ method: 'put', call, body: Buffer.from(body).toString() })
      return answer
    },
    unchanged: () => undefined,
    renew(call, digest) {
      calls.push({ method: 'renew', call, digest })
      return answer
    },
    async release(call) {
      calls.push({ method: 'release', call })
      return { closing: [] }
    },
    closing: () => ({ closing: [] }),
    async read(call) {
      calls.push({ method: 'read', call })
      return { digest: STUB_DIGEST, claims: [] }
    },
    held(call) {
      calls.push({ method: 'held', call })
      return { digest: STUB_DIGEST, claims: [] }
    },
    holdings: () => ({ documents: 2, claims: 3 }),
    releaseHoldings: async () => ({ documents: 2, claims: 3, closing: [] }),
    routes: () => [],
    claims: () => [],
    status: async () => STUB_STATUS,
    events(after, listener) {
      if (after !== undefined) for (const event of kept) if (event.id > after) listener(event)
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    ready: () => ({ ready: true, detail: 'serving' }),
    ...overrides,
  }
}
