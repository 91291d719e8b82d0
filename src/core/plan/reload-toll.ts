import type { PortKey, Route } from '../route.ts'
import { type Change, needsReload } from './change.ts'

/** Reloads that may be caused in one go before one has to wait: by a token in one namespace, and by it in all. */
const FREE = { inNamespace: 4, byToken: 16 } as const

/** One reload is forgiven after this, ms. */
const FORGIVEN_AFTER = 300_000

/** The first pause beyond the free ones, which doubles with each further reload, and the longest, ms. */
const FIRST_PAUSE = 1_000
const LONGEST_PAUSE = 300_000

/** Who pays for a reload: a token, for what it does in a namespace and for what it does at all. */
interface Payer {
  readonly name: string
  readonly free: number
}

type Causer = Pick<Route, 'author' | 'owner'>

interface Debt {
  /** Reloads not forgiven yet, at the moment `last`. */
  readonly reloads: number
  readonly last: number
}

/**
 * What each token has cost of late in reloads. A reload is nobody's alone: it turns the worker that has everybody's
 * sessions into an old one, and those are bounded in number, so a phone that toggles its port again and again would in the
 * end cut others' sessions. Where that is near, whoever has caused many waits, longer each time; nobody else does. Names of
 * namespaces are the caller's choice where its token does not bound them, so a token's debts are counted over all of them
 * too. Times in ms of one monotonic clock.
 */
export class ReloadToll {
  readonly #debts = new Map<string, Debt>()
  /** Who opened each port: a close is charged to the same. Nobody, where another daemon opened it. */
  readonly #openers = new Map<PortKey, Causer>()

  /** These changes were made by one reload: all payers among them caused it. */
  charge(changes: readonly Change[], now: number): void {
    const payers = new Map<string, Payer>()
    for (const change of changes) {
      for (const payer of this.#payersOf(change)) payers.set(payer.name, payer)
      if ('route' in change) {
        // There are as many of them as ports, so they hold no more than they must.
        const { author, owner } = change.route
        this.#openers.set(change.key, { author, owner })
      } else if (change.kind === 'close') this.#openers.delete(change.key)
    }
    for (const { name } of payers.values())
      this.#debts.set(name, { reloads: this.#reloads(name, now) + 1, last: now })
    for (const name of this.#debts.keys()) if (this.#reloads(name, now) === 0) this.#debts.delete(name)
  }

  /** The moment until which a change has to wait; undefined where it need not. */
  waitsUntil(change: Change, now: number): number | undefined {
    if (!needsReload(change)) return undefined
    const ends = this.#payersOf(change).map((payer) => this.#pauseEnd(payer, now))
    const until = Math.max(...ends)
    return until > now ? until : undefined
  }

  #pauseEnd({ name, free }: Payer, now: number): number {
    const debt = this.#debts.get(name)
    const beyond = Math.ceil(this.#reloads(name, now)) - free
    if (!debt || beyond < 0) return now
    return debt.last + Math.min(FIRST_PAUSE * 2 ** beyond, LONGEST_PAUSE)
  }

  #payersOf(change: Change): readonly Payer[] {
    if ('route' in change) return payersOf(change.route)
    const opener = 'key' in change ? this.#openers.get(change.key) : undefined
    return opener ? payersOf(opener) : []
  }

  #reloads(name: string, now: number): number {
    const debt = this.#debts.get(name)
    return debt ? Math.max(0, debt.reloads - (now - debt.last) / FORGIVEN_AFTER) : 0
  }
}

function payersOf({ author, owner }: Causer): Payer[] {
  const namespace = owner.slice(0, owner.lastIndexOf('/'))
  return [
    { name: author, free: FREE.byToken },
    { name: `${author} ${namespace}`, free: FREE.inNamespace },
  ]
}
