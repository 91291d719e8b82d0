import type { Document, DocumentKey } from '../core/registry/document.ts'

type Fence = Pick<Document, 'fence' | 'sequence'>

/** Documents whose fences are remembered after their release; beyond, the oldest is forgotten. */
const MOST = 10_000

/**
 * The fences of documents that were released, so that a deposed leader's late call does not bring one back. Only of this
 * daemon's time: after a restart nobody's late call is still on its way.
 */
export class FenceMemory {
  readonly #fences = new Map<DocumentKey, Fence>()

  keep(key: DocumentKey, { fence, sequence }: Fence): void {
    this.#fences.delete(key)
    this.#fences.set(key, { fence, sequence })
    const [oldest] = this.#fences.keys()
    if (this.#fences.size > MOST && oldest !== undefined) this.#fences.delete(oldest)
  }

  of(key: DocumentKey): Fence | undefined {
    return this.#fences.get(key)
  }
}
