import type { DocumentKey } from './document.ts'
import type { State } from './state.ts'

/**
 * Until when each document's lease holds, in edge time (ms). Kept apart from the state, and never stored, so that a
 * renewal changes one number and nothing else. After a restart every lease begins anew: the daemon cannot know who
 * called while it was down.
 */
export class Leases {
  readonly #until = new Map<DocumentKey, number>()

  renew(key: DocumentKey, until: number): void {
    this.#until.set(key, until)
  }

  end(key: DocumentKey): void {
    this.#until.delete(key)
  }

  /** Edge time at which the lease ends; undefined when it has none (lapsed, or never called). */
  until(key: DocumentKey): number | undefined {
    return this.#until.get(key)
  }

  /** Documents whose lease has run out by `now`. */
  lapsed(now: number): DocumentKey[] {
    const keys: DocumentKey[] = []
    for (const [key, until] of this.#until) if (until <= now) keys.push(key)
    return keys
  }
}

/** Documents that have been silent for longer than `holdTime` (ms) by `now`. */
export function overdue(state: State, now: number, holdTime: number): DocumentKey[] {
  const keys: DocumentKey[] = []
  for (const [key, { lapsedAt }] of state.documents) {
    if (lapsedAt !== undefined && lapsedAt + holdTime <= now) keys.push(key)
  }
  return keys
}
