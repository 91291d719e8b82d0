import type { ServiceKey } from '../core/kubernetes/objects.ts'
import { hear, patienceLeft, told, type Word } from '../core/kubernetes/patience.ts'

/** What its status says of a Service without a pod that takes connections. */
const IDLE = { state: 'live', down: 'no endpoint of the Service is ready' } as const

/**
 * Services without a ready endpoint that no check at the edge shows, since it asks after the nodes alone. As with what the edge
 * says of backends, it is told when it lasts.
 */
export class IdleServices {
  readonly #now: () => number
  readonly #words = new Map<ServiceKey, Word>()

  /** @param now a clock that never steps, ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  look(key: ServiceKey, isIdle: boolean): void {
    this.#words.set(key, hear(this.#words.get(key), isIdle ? IDLE : { state: 'live' }, this.#now()))
  }

  /** Why nothing takes its connections, where that is to be told. */
  down(key: ServiceKey): string | undefined {
    const word = this.#words.get(key)
    const fate = word && told(word, this.#now())
    return fate?.state === 'live' ? fate.down : undefined
  }

  /** Milliseconds until something else may have to be told, or 0. */
  patienceLeft(key: ServiceKey): number {
    const word = this.#words.get(key)
    return word ? patienceLeft(word, this.#now()) : 0
  }

  forget(key: ServiceKey): void {
    this.#words.delete(key)
  }
}
