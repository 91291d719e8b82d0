import { setImmediate } from 'node:timers/promises'
import { answerOf, refusedAnswers, releaseAnswer } from '../core/registry/answer.ts'
import { claimRequestOf } from '../core/registry/claim-request.ts'
import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { type Claim, type Document, type DocumentKey, documentKey } from '../core/registry/document.ts'
import type { Leases } from '../core/registry/leases.ts'
import { readDocumentInSteps } from '../core/registry/read-document.ts'
import { outdated } from '../core/registry/reduce.ts'
import type { HeldDocument, State } from '../core/registry/state.ts'
import { type PortKey, portKey } from '../core/route.ts'
import { allAtOnce, type Steps } from '../core/steps.ts'
import type { DocumentAnswer, HeldDocument as HeldClaims, ReleaseAnswer } from '../wire/document.ts'
import { AnswerMemory, type BodyMark, markBody, serialise } from './answer-memory.ts'
import { digestMismatch } from './digest-mismatch.ts'
import { openDocument, refuseOtherClusters } from './document-access.ts'
import { documentDigestInSteps } from './document-digest.ts'
import type { Answer, Call } from './edge-service.ts'
import type { FenceMemory } from './fence-memory.ts'
import type { Journal } from './journal.ts'
import { readJsonInSteps } from './json.ts'
import type { Reconciler } from './reconciler.ts'
import { RequestRefused } from './request-refused.ts'
import { SliceQueue } from './slice-queue.ts'
import { TokenRoom } from './token-room.ts'

export interface RegistrarParts {
  readonly journal: Journal
  readonly reconciler: Reconciler
  readonly leases: Leases
  readonly fences: FenceMemory
  readonly rules: ClaimRules
  /** Edge time, ms. */
  readonly edgeTime: () => number
  /** A clock that never steps, ms. */
  readonly now: () => number
  /** Whether a token still opens anything: the document of one that does not may be taken over. */
  readonly tokenLives: (id: string) => boolean
}

/** Takes the phones' calls: reads them, has them written down and carried out, and answers. */
export class Registrar {
  readonly #parts: RegistrarParts
  readonly #memory = new AnswerMemory()
  readonly #room = new TokenRoom()
  readonly #slices: SliceQueue
  /** Large documents that are being read: what their phones call meanwhile has to wait for its turn. */
  readonly #turns = new Map<DocumentKey, Promise<unknown>>()
  /** Documents that are not renewed by digest, until they have been read again. */
  readonly #toRead = new Set<DocumentKey>()

  constructor(parts: RegistrarParts) {
    this.#parts = parts
    this.#slices = new SliceQueue(parts.now)
    for (const [key, held] of parts.journal.state.documents) this.#room.note(key, held)
  }

  put(call: Call, body: Uint8Array): Answer | Promise<Answer> {
    const key = this.#open(call)
    const turn = this.#turns.get(key)
    if (turn) return turn.then(() => this.put(call, body))
    const mark = markBody(body, call.identity.id, call.caller)
    const held = this.#state.documents.get(key)
    if (held && this.#memory.knows(key, mark)) return this.#renewed(key, held)
    if (body.length <= SMALL) return this.#hold(call, allAtOnce(this.#read(call, body)), mark)
    const reading = this.#slices.run(call.identity.id, this.#read(call, body))
    const answer = reading.then((document) => this.#hold(call, document, mark))
    // Behind the line before, so that whoever waits for its turn finds this document on its way to the journal.
    const over = () => this.#turns.delete(key)
    this.#turns.set(key, reading.then(over, over))
    return answer
  }

  unchanged(call: Call, document: Uint8Array | string): Answer | undefined {
    const key = this.#open(call)
    const held = this.#state.documents.get(key)
    if (!held || held.lapsedAt !== undefined || this.#turns.has(key) || this.#isPending(held))
      return undefined
    const isSame =
      typeof document === 'string'
        ? this.#mismatch(call, key, held, document) === undefined
        : this.#memory.knows(key, markBody(document, call.identity.id, call.caller))
    if (!isSame) return undefined
    this.#lease(key, held)
    return this.#answer(key, held)
  }

  renew(call: Call, digest: string): Answer | Promise<Answer> {
    const key = this.#open(call)
    const held = this.#held(key)
    const mismatch = this.#mismatch(call, key, held, digest)
    if (mismatch !== undefined) throw new RequestRefused('digest-mismatch', mismatch)
    return this.#settledAnswer(key, this.#lease(key, held))
  }

  /** These documents would be read otherwise than they were: their phones are to send them whole once more. */
  readAgain(keys: Iterable<DocumentKey>): void {
    for (const key of keys) this.#toRead.add(key)
  }

  async release(call: Call, digest?: string): Promise<ReleaseAnswer> {
    const { journal, reconciler, fences } = this.#parts
    for (let turn = this.#turnOf(call); turn; turn = this.#turnOf(call)) await turn
    // What came before this call may still wait to be written.
    journal.flush()
    const key = call.identity.id === OPERATOR ? documentKey(call.cluster, call.phone) : this.#open(call)
    const held = this.#held(key)
    if (digest !== undefined && held.digest !== digest) {
      throw new RequestRefused('digest-mismatch', `the edge holds the document ${held.digest}`)
    }
    if (held.fence > 0) fences.keep(key, held)
    await journal.write({ type: 'release', key })
    const ports = portsOf(held.claims)
    await reconciler.settled(ports)
    return releaseAnswer(ports, (port) => reconciler.closing(port))
  }

  /** Waits as `put` does: what became of a document is not known before its settings run. */
  async read(call: Call): Promise<DocumentAnswer> {
    const { reconciler } = this.#parts
    await reconciler.settled(portsOf(this.#heldFor(call).claims))
    return answerOf(this.#heldFor(call), this.#state, (port) => reconciler.service(port))
  }

  claims(call: Call): HeldClaims {
    const { digest, claims } = this.#heldFor(call)
    return { digest, claims: claims.map(claimRequestOf) }
  }

  /** Something about these ports may read differently from now on. */
  portsChanged(ports: Iterable<PortKey>): void {
    for (const port of ports) {
      for (const { document } of this.#state.ports.get(port)?.claimants ?? []) this.#memory.stale(document)
    }
  }

  /**
   * A step wrote this document. What it says of itself, its refused claims among it, is no port's matter. Whatever becomes of
   * the call, the document has a lease or has lapsed from here on: one with neither would stay for ever.
   */
  documentChanged(key: DocumentKey, held: HeldDocument): void {
    const { leases, edgeTime } = this.#parts
    this.#memory.stale(key)
    this.#room.note(key, held)
    if (held.lapsedAt !== undefined) leases.end(key)
    else if (leases.until(key) === undefined) leases.renew(key, edgeTime() + held.ttl)
  }

  documentGone(key: DocumentKey): void {
    this.#toRead.delete(key)
    this.#memory.forget(key)
    this.#room.note(key, undefined)
    this.#parts.leases.end(key)
  }

  get #state(): State {
    return this.#parts.journal.state
  }

  #held(key: DocumentKey): HeldDocument {
    const held = this.#state.documents.get(key)
    if (!held) throw new RequestRefused('document-unknown', `the edge holds no document of ${key}`)
    return held
  }

  /** What is held, for one who may write it, or who may see everything. */
  #heldFor(call: Call): HeldDocument {
    if (call.identity.scope.role === 'admin') refuseOtherClusters(call)
    else this.#open(call)
    return this.#held(documentKey(call.cluster, call.phone))
  }

  #mismatch(call: Call, key: DocumentKey, held: HeldDocument, digest: string): string | undefined {
    const mismatch = digestMismatch(call, held, digest)
    if (mismatch !== undefined || !this.#toRead.has(key)) return mismatch
    return 'a claim was refused by settings that may have changed since'
  }

  #open(call: Call): DocumentKey {
    return openDocument(call, this.#state, this.#parts.tokenLives)
  }

  #turnOf({ cluster, phone }: Call): Promise<unknown> | undefined {
    return this.#turns.get(documentKey(cluster, phone))
  }

  *#read(call: Call, body: Uint8Array): Steps<Document> {
    const { identity, cluster, phone, caller } = call
    const sender = { cluster, phone, caller, identity: identity.id, scope: identity.scope }
    const raw = yield* readJsonInSteps(body)
    const reading = yield* readDocumentInSteps(raw, sender, this.#parts.rules)
    if ('document' in reading) {
      const { document } = reading
      return { ...document, digest: yield* documentDigestInSteps(document) }
    }
    const detail = reading.faults.map(({ path, message }) => `${path || '/'}: ${message}`).join('; ')
    throw new RequestRefused('document-invalid', detail, reading.faults)
  }

  /** A document that was read is held, or was held already. */
  #hold(call: Call, document: Document, mark: BodyMark): Answer | Promise<Answer> {
    const key = this.#open(call)
    const held = this.#state.documents.get(key)
    refuseOutdated(document, held ?? this.#parts.fences.of(key))
    const { digest } = document
    if (!held && document.claims.length === 0 && document.refused.length > 0) return refusedWhole(document)
    if (held && held.digest === digest && held.caller === call.caller && held.identity === call.identity.id) {
      this.#learn(key, mark)
      return this.#renewed(key, held)
    }
    return this.#take(call, document, mark)
  }

  async #take(call: Call, document: Document, mark: BodyMark): Promise<Answer> {
    const { journal, reconciler } = this.#parts
    const key = documentKey(call.cluster, call.phone)
    const before = this.#state.documents.get(key)
    const takeover = before !== undefined && before.identity !== document.identity
    const place = this.#room.enter(key, document)
    try {
      await journal.write({ type: 'put', document, takeover })
    } finally {
      place.leave()
    }
    const held = this.#held(this.#open(call))
    if (held.digest === document.digest) {
      this.#learn(key, mark)
      this.#lease(key, held)
    } else {
      refuseOutdated(document, held)
    }
    // Also of the ports that are claimed no more: a phone that is answered may rely on their being closed.
    await reconciler.settled(portsOf([...(before?.claims ?? []), ...held.claims]))
    // The step that settled them was work enough: what its callers are told of thousands of claims is written one by one.
    if (held.claims.length > MANY) await setImmediate()
    return this.#settledAnswer(key, this.#held(key))
  }

  /** The body was read, by the settings of today. */
  #learn(key: DocumentKey, mark: BodyMark): void {
    this.#memory.learn(key, mark)
    this.#toRead.delete(key)
  }

  #renewed(key: DocumentKey, held: HeldDocument): Answer | Promise<Answer> {
    const { journal, reconciler } = this.#parts
    if (held.lost) {
      const step = journal.writeNow({ type: 'return', key })
      this.#lease(key, this.#held(key))
      return reconciler.settled(step.ports).then(() => this.#answer(key, this.#held(key)))
    }
    return this.#settledAnswer(key, this.#lease(key, held))
  }

  /**
   * What is told of the document as it is now. Another call with it may still wait for what it wants: until then a port that
   * is open runs with the settings before, and live would not be true of it.
   */
  #settledAnswer(key: DocumentKey, held: HeldDocument): Answer | Promise<Answer> {
    if (!this.#isPending(held)) return this.#answer(key, held)
    const settled = this.#parts.reconciler.settled(portsOf(held.claims))
    return settled.then(() => this.#answer(key, this.#held(key)))
  }

  #isPending({ claims }: HeldDocument): boolean {
    const { reconciler } = this.#parts
    const isPending = ({ protocol, port }: Claim) => reconciler.isPending(portKey(protocol, port))
    return !reconciler.isSettled && claims.some(isPending)
  }

  /** The document as it is from here on: calls that waited to be written are, before a silent phone returns. */
  #lease(key: DocumentKey, held: HeldDocument): HeldDocument {
    const { journal, leases, edgeTime } = this.#parts
    if (held.lapsedAt !== undefined) journal.writeNow({ type: 'return', key })
    const now = held.lapsedAt === undefined ? held : this.#held(key)
    leases.renew(key, edgeTime() + now.ttl)
    return now
  }

  #answer(key: DocumentKey, held: HeldDocument): Answer {
    const { reconciler } = this.#parts
    return this.#memory.answer(key, () => answerOf(held, this.#state, (port) => reconciler.service(port)))
  }
}

function portsOf(claims: readonly Claim[]): Set<PortKey> {
  return new Set(claims.map(({ protocol, port }) => portKey(protocol, port)))
}

/** Once before the work, and once after: another call may have been written meanwhile. */
function refuseOutdated(document: Document, held: Pick<Document, 'fence' | 'sequence'> | undefined): void {
  const refusal = held && outdated(document, held)
  if (refusal) throw new RequestRefused(refusal.code, refusal.detail)
}

/** Who calls through the socket on the edge itself, and may release whatever there is. */
const OPERATOR = 'operator'

/** Bytes of a document that is read at once: some 500 addresses, in 10 ms at most. */
const SMALL = 16_384

/** How many claims an answer has that is not written in one go with others: some milliseconds' worth. */
const MANY = 1_000

/** A new document of which no claim is good is answered and forgotten. */
function refusedWhole(document: Document): Answer {
  return serialise({ digest: document.digest, claims: refusedAnswers(document.refused) })
}
