import type { Observed } from '../core/plan/observed.ts'
import { type Leases, overdue } from '../core/registry/leases.ts'
import type { RegistryEvent } from '../core/registry/reduce.ts'
import { type HeldDocument, lostBackend } from '../core/registry/state.ts'
import { backendName, portKey } from '../core/route.ts'
import type { Journal } from './journal.ts'

export interface LeaseKeeperParts {
  readonly journal: Journal
  readonly leases: Leases
  /** Edge time, ms. */
  readonly edgeTime: () => number
  /** How long a silent phone's claims are kept while its backends are well, ms. */
  readonly holdTime: number
  /** What the data plane showed last. */
  readonly observed: () => Observed | undefined
}

/** How often the edge time is put on the disk while a phone is silent, ms: a crash lengthens a hold by this at most. */
const CHECKPOINT_EVERY = 60_000

/** Sees to the phones that fell silent: their leases lapse, their failed backends go, and in the end they do. */
export class LeaseKeeper {
  readonly #parts: LeaseKeeperParts
  #checkpoint: number

  constructor(parts: LeaseKeeperParts) {
    this.#parts = parts
    this.#checkpoint = parts.edgeTime()
  }

  /**
   * Look once; to be called about every second.
   * @throws StorageFailed when what it found could not be written; the next look finds it again.
   */
  look(): void {
    const { journal, leases, edgeTime, holdTime } = this.#parts
    // A call that waits to be written may end a silence that would be found over here.
    journal.flush()
    const now = edgeTime()
    const events: RegistryEvent[] = [
      ...leases.lapsed(now).map((key) => ({ type: 'lapse', key, at: now }) as const),
      ...overdue(journal.state, now, holdTime).map((key) => ({ type: 'release', key }) as const),
      ...this.#losses(),
    ]
    if (events.length > 0) journal.writeNow(...events)
    this.#keepTime(now)
  }

  /** Backends of silent phones that are down: their address may be a stranger's when it answers again. */
  #losses(): RegistryEvent[] {
    const observed = this.#parts.observed()
    if (!observed) return []
    const events: RegistryEvent[] = []
    for (const [key, held] of this.#parts.journal.state.documents) {
      if (held.lapsedAt === undefined) continue
      const backends = failedBackends(held, observed)
      if (backends.length > 0) events.push({ type: 'lose', key, backends })
    }
    return events
  }

  #keepTime(now: number): void {
    if (now - this.#checkpoint < CHECKPOINT_EVERY) return
    this.#checkpoint = now
    const silent = [...this.#parts.journal.state.documents.values()].some(
      (held) => held.lapsedAt !== undefined,
    )
    if (silent) this.#parts.journal.checkpoint()
  }
}

function failedBackends(held: HeldDocument, observed: Observed): string[] {
  const failed: string[] = []
  for (const claim of held.claims) {
    const key = portKey(claim.protocol, claim.port)
    for (const backend of claim.backends) {
      const name = backendName(backend)
      const lost = lostBackend(key, name)
      const health = observed.routes.get(key)?.backends.get(name)?.health
      if (health === 'down' && !held.lost?.includes(lost)) failed.push(lost)
    }
  }
  return failed
}
