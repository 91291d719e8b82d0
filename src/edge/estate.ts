import { releaseAnswer } from '../core/registry/answer.ts'
import { type DocumentKey, documentKey } from '../core/registry/document.ts'
import { documentBeyond } from '../core/registry/document-scope.ts'
import type { HeldDocument } from '../core/registry/state.ts'
import type { ReleaseAnswer } from '../wire/document.ts'
import type { Scope } from '../wire/token.ts'
import type { Holdings } from './edge-service.ts'
import type { FenceMemory } from './fence-memory.ts'
import type { Journal } from './journal.ts'
import type { Reconciler } from './reconciler.ts'
import { RequestRefused } from './request-refused.ts'

export interface EstateParts {
  readonly journal: Journal
  readonly reconciler: Reconciler
  readonly fences: FenceMemory
  /** Whether a token still opens anything. */
  readonly tokenLives: (id: string) => boolean
}

/** What tokens leave behind when they are revoked: the documents that they wrote. */
export class Estate {
  readonly #parts: EstateParts

  constructor(parts: EstateParts) {
    this.#parts = parts
  }

  /** What a token has written and not given up. */
  of(token: string): Holdings {
    return sumOf(this.#documentsOf(token).values())
  }

  /**
   * Releases all of it in one write; resolves when the ports are closed or with whoever was next in line for them, or
   * with those that are open still.
   * @throws RequestRefused `not-found` for a token that still lives, `outside-scope` where `scope` does not open all of
   * it; StorageFailed. Then nothing is released.
   */
  async release(token: string, scope: Scope): Promise<Holdings & ReleaseAnswer> {
    const { journal, reconciler, fences, tokenLives } = this.#parts
    if (tokenLives(token)) throw new RequestRefused('not-found', `no token ${token} was revoked`)
    // The token's last call may wait to be written.
    journal.flush()
    const documents = this.#documentsOf(token)
    for (const [key, held] of documents) {
      const lack = documentBeyond(scope, held)
      if (lack) throw new RequestRefused('outside-scope', `${key} claims more than the token opens: ${lack}`)
    }
    const step = journal.writeNow(...[...documents.keys()].map((key) => ({ type: 'release', key }) as const))
    for (const [key, held] of documents) if (held.fence > 0) fences.keep(key, held)
    await reconciler.settled(step.ports)
    const { closing } = releaseAnswer(step.ports, (port) => reconciler.closing(port))
    return { ...sumOf(documents.values()), closing }
  }

  #documentsOf(token: string): Map<DocumentKey, HeldDocument> {
    const documents = [...this.#parts.journal.state.documents.values()]
    const written = documents.filter(({ identity }) => identity === token)
    return new Map(written.map((held) => [documentKey(held.cluster, held.phone), held]))
  }
}

function sumOf(documents: Iterable<HeldDocument>): Holdings {
  const all = [...documents]
  return { documents: all.length, claims: all.reduce((sum, { claims }) => sum + claims.length, 0) }
}
