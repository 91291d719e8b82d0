import { type RegistryEvent, reduce, type Step } from '../core/registry/reduce.ts'
import type { State } from '../core/registry/state.ts'
import type { Store, StoreChange } from './store/store.ts'

/** Told of each step, once it is on the disk. */
export type StepListener = (before: State, step: Step) => void

interface Entry {
  readonly events: readonly RegistryEvent[]
  readonly resolve: (step: Step) => void
  readonly reject: (error: unknown) => void
}

/**
 * Takes events into the state: on the disk first, then in memory, then to whoever listens. Events that arrive in one
 * turn of the event loop share one transaction, so that fifty callers cost one fsync.
 */
export class Journal {
  readonly #store: Store
  readonly #edgeTime: () => number
  readonly #onStep: StepListener
  #state: State
  #queue: Entry[] = []

  constructor(state: State, store: Store, edgeTime: () => number, onStep: StepListener) {
    this.#state = state
    this.#store = store
    this.#edgeTime = edgeTime
    this.#onStep = onStep
  }

  get state(): State {
    return this.#state
  }

  /**
   * Resolves with the step once it is on the disk.
   * @throws StorageFailed when the disk refuses; the state is as before.
   */
  write(...events: readonly RegistryEvent[]): Promise<Step> {
    if (this.#queue.length === 0) setImmediate(() => this.#flush())
    return new Promise((resolve, reject) => this.#queue.push({ events, resolve, reject }))
  }

  /** Write what is queued, at once. */
  flush(): void {
    this.#flush()
  }

  /** The same at once, with what is queued before it. */
  writeNow(...events: readonly RegistryEvent[]): Step {
    this.#flush()
    return this.#commit(events)
  }

  /** Put the edge time on the disk, so that a restart does not set it back by much. */
  checkpoint(): void {
    this.#store.commit([], this.#edgeTime())
  }

  #flush(): void {
    const queue = this.#queue
    if (queue.length === 0) return
    this.#queue = []
    try {
      const step = this.#commit(queue.flatMap(({ events }) => events))
      for (const { resolve } of queue) resolve(step)
    } catch (error) {
      for (const { reject } of queue) reject(error)
    }
  }

  #commit(events: readonly RegistryEvent[]): Step {
    const before = this.#state
    const step = reduce(before, events)
    const changes = storeChanges(before, step)
    if (changes.length > 0) this.#store.commit(changes, this.#edgeTime())
    this.#state = step.state
    this.#onStep(before, step)
    return step
  }
}

/** The rows that differ after a step. */
function storeChanges(before: State, { state, documents, ports }: Step): StoreChange[] {
  const changes: StoreChange[] = []
  for (const key of documents) {
    const document = state.documents.get(key)
    if (document) changes.push({ kind: 'put-document', key, document })
    else if (before.documents.has(key)) changes.push({ kind: 'delete-document', key })
  }
  for (const port of ports) {
    const [old, owner] = [before.ports.get(port)?.owner, state.ports.get(port)?.owner]
    if (owner === old) continue
    changes.push(owner === undefined ? { kind: 'delete-owner', port } : { kind: 'put-owner', port, owner })
  }
  return changes
}
