import type { Document, DocumentKey } from '../core/registry/document.ts'

type Fence = Pick<Document, 'fence' | 'sequence'>

/** Documents whose fences are remembered after their release; beyond, the oldest is forgotten. */
const MOST = 10_000

/**
 * The fences of documents that were released, so that a deposed leader's late call does not bring one back. Only such as
 * have one: a phone without (an agent, a loop of curl) claims again after a release what it claimed before it. And only of
 * this daemon's time.
 *
 * So a late call does bring a document back where it has no fence, where it is of the last leader itself, and after a restart,
 * since a caller whose connection breaks with it sends its call again. Nobody renews that document: it lapses after its
 * ttl and goes after the hold time, where no next leader replaces it before.
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
