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
  /** What is in the state and not on the disk yet. */
  #owed: StoreChange[] = []

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

  /**
   * The same in memory only, for what must count whether it can be written or not. It goes to the disk with the next step,
   * or by `writeOwed`; until then a restart has to find it again.
   */
  owe(...events: readonly RegistryEvent[]): Step {
    this.#flush()
    const before = this.#state
    const step = reduce(before, events)
    this.#owed.push(...storeChanges(before, step))
    this.#enter(step)
    return step
  }

  /**
   * Write what is owed to the disk, if anything is.
   * @throws StorageFailed when the disk refuses; it is owed still.
   */
  writeOwed(): void {
    if (this.#owed.length > 0) this.#put([])
  }

  /** Put the edge time on the disk, so that a restart does not set it back by much. */
  checkpoint(): void {
    this.#put([])
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
    if (changes.length > 0) this.#put(changes)
    this.#enter(step)
    return step
  }

  #enter(step: Step): void {
    const before = this.#state
    this.#state = step.state
    this.#onStep(before, step)
  }

  /** What is owed goes first, since later changes may be of the same rows. */
  #put(changes: readonly StoreChange[]): void {
    this.#store.commit([...this.#owed, ...changes], this.#edgeTime())
    this.#owed = []
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
