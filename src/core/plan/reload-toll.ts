import type { OwnerKey, PortKey } from '../route.ts'
import { type Change, needsReload } from './change.ts'

/** Reloads that a namespace may cause in one go, before it has to wait. */
const FREE = 4

/** One reload is forgiven after this, ms. */
const FORGIVEN_AFTER = 60_000

/** The first pause beyond the free ones, which doubles with each further reload, and the longest, ms. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 60_000

interface Debt {
  /** Reloads not forgiven yet, at the moment `last`. */
  readonly reloads: number
  readonly last: number
}

/**
 * What each namespace has cost of late in reloads. A reload is nobody's alone: it turns the worker that has everybody's
 * sessions into an old one, and those are bounded in number, so a phone that toggles its port again and again would in the
 * end cut others' sessions. Where that is near, whoever has caused many waits, longer each time; nobody else does. Times
 * in ms of one monotonic clock.
 */
export class ReloadToll {
  readonly #debts = new Map<string, Debt>()
  /** Who opened each port: a close is charged to the same. Nobody, where another daemon opened it. */
  readonly #payers = new Map<PortKey, string>()

  /** These changes were made by a reload: each namespace among them caused it. */
  charge(changes: readonly Change[], now: number): void {
    const payers = new Set<string>()
    for (const change of changes) {
      const payer = this.#payerOf(change)
      if (payer !== undefined) payers.add(payer)
      if ('route' in change) this.#payers.set(change.key, payerOf(change.route.owner))
      else if (change.kind === 'close') this.#payers.delete(change.key)
    }
    for (const payer of payers) this.#debts.set(payer, { reloads: this.#reloads(payer, now) + 1, last: now })
    for (const payer of this.#debts.keys()) if (this.#reloads(payer, now) === 0) this.#debts.delete(payer)
  }

  /** The moment until which a change has to wait; undefined where it need not. */
  waitsUntil(change: Change, now: number): number | undefined {
    const payer = needsReload(change) ? this.#payerOf(change) : undefined
    const debt = payer === undefined ? undefined : this.#debts.get(payer)
    if (payer === undefined || !debt) return undefined
    const beyond = Math.ceil(this.#reloads(payer, now)) - FREE
    if (beyond < 0) return undefined
    const until = debt.last + Math.min(FIRST_PAUSE * 2 ** beyond, LONGEST_PAUSE)
    return until > now ? until : undefined
  }

  #payerOf(change: Change): string | undefined {
    if ('route' in change) return payerOf(change.route.owner)
    return 'key' in change ? this.#payers.get(change.key) : undefined
  }

  #reloads(payer: string, now: number): number {
    const debt = this.#debts.get(payer)
    return debt ? Math.max(0, debt.reloads - (now - debt.last) / FORGIVEN_AFTER) : 0
  }
}

/** Names within a namespace are the caller's choice, so they would make any number of payers. */
export function payerOf(owner: OwnerKey): string {
  return owner.slice(0, owner.lastIndexOf('/'))
}
