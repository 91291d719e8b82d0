import type { ServiceKey, ServiceObject } from '../core/kubernetes/objects.ts'

export interface LeavingParts {
  /** How long a Service is held while an edge does not confirm that its ports are closed, ms. */
  readonly releaseTime: number
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number
  /** Have the Service looked at again in so many ms. */
  readonly again: (key: ServiceKey, ms: number) => void
}

/**
 * Services that are on their way out, and since when: as this leader has seen it, or as the API server says it. Its clock may
 * differ from ours, and then one goes early; a new leader does not begin anew.
 */
export class Leaving {
  readonly #parts: LeavingParts
  readonly #since = new Map<ServiceKey, number>()

  constructor(parts: LeavingParts) {
    this.#parts = parts
  }

  /** Whether it has waited for long enough. The first time that it is asked, the time begins, if it is not deleted. */
  isOverdue({ key, deletedAt }: Pick<ServiceObject, 'key' | 'deletedAt'>): boolean {
    const { now, wallClock, again, releaseTime } = this.#parts
    const since = this.#since.get(key) ?? now()
    this.#since.set(key, since)
    const waited = Math.max(now() - since, wallClock() - (deletedAt ?? Number.POSITIVE_INFINITY))
    const left = releaseTime - waited
    // Each time, since whatever brought the Service here has taken the place of the look that was to come.
    if (left > 0) again(key, left)
    return left <= 0
  }

  keys(): Iterable<ServiceKey> {
    return this.#since.keys()
  }

  /** It is gone, or stays after all. */
  stays(key: ServiceKey): void {
    this.#since.delete(key)
  }
}
