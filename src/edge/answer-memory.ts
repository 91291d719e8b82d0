import { hash } from 'node:crypto'
import { statusOf } from '../core/registry/answer.ts'
import type { DocumentKey } from '../core/registry/document.ts'
import type { DocumentAnswer } from '../wire/document.ts'
import type { Answer } from './edge-service.ts'

/** What makes a body mean the same document as last time: its bytes and where they came from. */
export interface BodyMark {
  readonly hash: string
  readonly identity: string
  readonly caller: string | undefined
}

export function markBody(body: Uint8Array, identity: string, caller: string | undefined): BodyMark {
  return { hash: hash('sha256', body, 'base64url'), identity, caller }
}

interface Memory {
  mark?: BodyMark
  answer?: Answer
}

/**
 * Answers ready to be sent again, and the bodies they answer, so that a renewal is neither parsed nor worked out anew.
 * Only a memory: what is forgotten is made again.
 */
export class AnswerMemory {
  readonly #memories = new Map<DocumentKey, Memory>()

  /** Whether this very body, from this caller, made the document that is held. */
  knows(key: DocumentKey, mark: BodyMark): boolean {
    const known = this.#memories.get(key)?.mark
    return (
      known !== undefined &&
      known.hash === mark.hash &&
      known.identity === mark.identity &&
      known.caller === mark.caller
    )
  }

  learn(key: DocumentKey, mark: BodyMark): void {
    this.#of(key).mark = mark
  }

  /** The answer kept for a document, or the one that `make` gives, kept from now on. */
  answer(key: DocumentKey, make: () => DocumentAnswer): Answer {
    const memory = this.#of(key)
    memory.answer ??= serialise(make())
    return memory.answer
  }

  /** Something that the answer tells may have changed. */
  stale(key: DocumentKey): void {
    const memory = this.#memories.get(key)
    if (memory) delete memory.answer
  }

  forget(key: DocumentKey): void {
    this.#memories.delete(key)
  }

  #of(key: DocumentKey): Memory {
    const known = this.#memories.get(key)
    if (known) return known
    const memory: Memory = {}
    this.#memories.set(key, memory)
    return memory
  }
}

/** An answer as it is sent. */
export function serialise(answer: DocumentAnswer): Answer {
  const body = JSON.stringify(answer)
  return {
    status: statusOf(answer),
    digest: answer.digest,
    revision: hash('sha256', body, 'base64url').slice(0, 16),
    body,
  }
}
