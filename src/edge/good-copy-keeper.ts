import type { Log } from '../log.ts'
import type { SqliteStore } from './store/sqlite-store.ts'
import { StorageFailed } from './store/store.ts'

const DAY = 86_400_000

/** From a change of the tokens to the copy, ms: the call is answered by then, and its neighbours share the copy. */
const SOON = 1_000

/** From a copy to the next one for the tokens' sake, ms: a copy takes the daemon's time, 50 ms of it or more. */
const PAUSE = 10_000

/** From a copy that had no room to the next try, ms. */
const RETRY = 60_000

export interface GoodCopyParts {
  readonly store: Pick<SqliteStore, 'keepGoodCopy'>
  readonly log: Pick<Log, 'warn' | 'error'>
  /** A clock that never steps, ms. */
  readonly monotonic: () => number
}

/**
 * Keeps the good copy of the state good: made at the start, every day, and soon after each change of the tokens. Claims
 * come back with the next call, so they are worth no copy; a token that was revoked must not come back at all.
 */
export class GoodCopyKeeper {
  readonly #parts: GoodCopyParts
  #timer: NodeJS.Timeout | undefined
  /** When the next copy is made, and when the last one was, by the monotonic clock. */
  #next = 0
  #last = 0
  #tokensDiffer = false
  #lacksRoom = false

  constructor(parts: GoodCopyParts) {
    this.#parts = parts
  }

  /** @throws StateUnusable when the state turns out damaged */
  start(): void {
    this.#copy()
  }

  /** The copy has other tokens than the state, from now on. */
  tokensChanged(): void {
    this.#tokensDiffer = true
    const now = this.#parts.monotonic()
    const soon = Math.max(now + SOON, this.#last + PAUSE)
    if (soon < this.#next) this.#plan(soon - now)
  }

  /** No copy is made after this. One that is due for the tokens' sake is made now. */
  stop(): void {
    if (this.#tokensDiffer) this.#copyWhileRunning()
    clearTimeout(this.#timer)
  }

  #plan(delay: number): void {
    clearTimeout(this.#timer)
    this.#next = this.#parts.monotonic() + delay
    this.#timer = setTimeout(() => this.#copyWhileRunning(), delay)
  }

  #copyWhileRunning(): void {
    try {
      this.#copy()
    } catch (error) {
      // The daemon goes on from memory; the operator has to know before the next start refuses the file.
      const detail = error instanceof Error ? error.message : String(error)
      this.#parts.log.error({ detail }, 'the state file is damaged')
      this.#plan(DAY)
    }
  }

  /** Without room for a copy the old one stays, and all else goes on. That is told once. */
  #copy(): void {
    const { store, log, monotonic } = this.#parts
    this.#last = monotonic()
    try {
      store.keepGoodCopy()
      this.#tokensDiffer = false
      this.#lacksRoom = false
      this.#plan(DAY)
    } catch (error) {
      if (!(error instanceof StorageFailed)) throw error
      if (!this.#lacksRoom)
        log.warn({ detail: error.message }, 'there is no room for a good copy of the state')
      this.#lacksRoom = true
      this.#plan(RETRY)
    }
  }
}
