import type { Document, DocumentKey } from '../core/registry/document.ts'
import { documentSize } from '../core/registry/document-size.ts'
import { RequestRefused } from './request-refused.ts'

/** Of one token. A cluster's agents may share one. */
const MAX_DOCUMENTS = 10_000

/**
 * Bytes of one token's documents together, as `documentSize` has them. The largest that there can be takes 25 MB; 10,000
 * claims with three backends each take 5 MB, in one document or in as many. A token that has used it up takes 80 to 120 MB
 * of memory with its answers (measured with 10,000 small documents, and with claims that say nothing), and some twice that
 * where it is 300,000 backends: a VM of 512 MB has it for one.
 */
const MAX_BYTES = 32 * 1024 * 1024

interface Place {
  readonly identity: string
  readonly bytes: number
}

/** How many documents, and their bytes. */
interface Load {
  documents: number
  bytes: number
}

/** Room for each token's documents: bounded, so that no caller can fill the edge, its disk and the next start. */
export class TokenRoom {
  readonly #places = new Map<DocumentKey, Place>()
  readonly #loads = new Map<string, Load>()

  /** What the registry holds of this document from now on; undefined for nothing. */
  note(key: DocumentKey, document: Document | undefined): void {
    const before = this.#places.get(key)
    this.#places.delete(key)
    if (before) this.#add(before.identity, -1, -before.bytes)
    if (!document) return
    const place = { identity: document.identity, bytes: documentSize(document) }
    this.#places.set(key, place)
    this.#add(place.identity, 1, place.bytes)
  }

  /**
   * Room for a document on its way to the journal, until `leave`: many may wait for one write. One that needs no more room
   * than what is held in its place is never refused, also where a token has too much already.
   * @throws RequestRefused `edge-full`
   */
  enter(key: DocumentKey, document: Document): { leave(): void } {
    const { identity } = document
    const place = this.#places.get(key)
    const own = place?.identity === identity ? place : undefined
    const more = {
      documents: own ? 0 : 1,
      bytes: Math.max(0, documentSize(document) - (own?.bytes ?? 0)),
    }
    const { documents, bytes } = this.#loads.get(identity) ?? { documents: 0, bytes: 0 }
    if (more.documents > 0 && documents >= MAX_DOCUMENTS) {
      throw new RequestRefused('edge-full', `the token ${identity} has ${MAX_DOCUMENTS} documents already`)
    }
    if (more.bytes > 0 && bytes + more.bytes > MAX_BYTES) {
      throw new RequestRefused(
        'edge-full',
        `the token ${identity} has documents of ${inMegabytes(bytes)}, this one takes ${inMegabytes(more.bytes)} more, and ${inMegabytes(MAX_BYTES)} is the most`,
      )
    }
    this.#add(identity, more.documents, more.bytes)
    return { leave: () => this.#add(identity, -more.documents, -more.bytes) }
  }

  #add(identity: string, documents: number, bytes: number): void {
    const load = this.#loads.get(identity) ?? { documents: 0, bytes: 0 }
    load.documents += documents
    load.bytes += bytes
    if (load.documents > 0 || load.bytes > 0) this.#loads.set(identity, load)
    else this.#loads.delete(identity)
  }
}

function inMegabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`
}
