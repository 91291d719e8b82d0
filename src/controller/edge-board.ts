import { downReason } from '../core/kubernetes/down-reason.ts'
import type { ServiceKey } from '../core/kubernetes/objects.ts'
import type { Fate } from '../core/kubernetes/outcome.ts'
import { hear, patienceLeft, told, type Word } from '../core/kubernetes/patience.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import type { ClaimAnswer } from '../wire/document.ts'
import type { Taken } from './document-line.ts'
import type { Wanted } from './wanted.ts'

const UNKNOWN: Fate = { state: 'unknown' }

const NOBODY: ReadonlySet<ServiceKey> = new Set()

/** What one edge said last of every claim in the document that it has. */
export class EdgeBoard {
  readonly #now: () => number
  #words: ReadonlyMap<string, Word> = new Map()
  #claims: ReadonlySet<ClaimRequest> = new Set()
  /** What was said of each Service's claims, as text: to see for whom it is news. */
  #said: ReadonlyMap<ServiceKey, string> | undefined
  #isFailing = false
  #isAlone = false
  /** Whose claims are in the document that is being put, and in those of which it is not known whether the edge took them. */
  #underWay: ReadonlySet<ServiceKey> = NOBODY
  #unanswered: ReadonlySet<ServiceKey> = NOBODY

  /** @param now a clock that never steps, ms. */
  constructor(now: () => number) {
    this.#now = now
  }

  /** A document is on its way to the edge. */
  sent({ claims }: Wanted): void {
    this.#underWay = new Set(claims.map(({ owner }) => owner))
  }

  /** The edge answered: what it has is this document, whatever was sent before. Returns the Services for which it is news. */
  answered({ wanted, answers, isAlone }: Taken): Set<ServiceKey> {
    const byIndex = new Map(answers.map((answer) => [answer.index, answer]))
    const now = this.#now()
    const words = new Map<string, Word>()
    const said = new Map<ServiceKey, string>()
    wanted.claims.forEach((claim, index) => {
      const name = nameOf(claim)
      const fate = fateOf(byIndex.get(index))
      words.set(name, hear(this.#words.get(name), fate, now))
      said.set(claim.owner, `${said.get(claim.owner) ?? ''}\n${claim.port} ${JSON.stringify(fate)}`)
    })
    const changed = differing(this.#said ?? new Map(), said)
    // Also who asks for the same under other claims: a node that changed, say.
    for (const claim of wanted.claims) if (!this.#claims.has(claim)) changed.add(claim.owner)
    this.#words = words
    this.#claims = new Set(wanted.claims)
    this.#said = said
    this.#isFailing = false
    this.#isAlone = isAlone
    this.#underWay = NOBODY
    this.#unanswered = NOBODY
    return changed
  }

  /**
   * It took nothing, or did not answer. Returns whether that is news.
   * @param isRefused the edge itself has said that it took nothing.
   */
  failed(isRefused: boolean): boolean {
    if (!isRefused) this.#unanswered = this.#unanswered.union(this.#underWay)
    this.#underWay = NOBODY
    const isNews = !this.#isFailing
    this.#isFailing = true
    return isNews
  }

  /**
   * What is to be told of a claim. Of one that the edge does not have (yet), nothing is known; and a trouble that may pass
   * is told when it lasts.
   */
  fate(claim: ClaimRequest): Fate {
    const word = this.#words.get(nameOf(claim))
    return word && this.#claims.has(claim) ? told(word, this.#now()) : UNKNOWN
  }

  /** Milliseconds until something else may have to be told of these claims, or 0. */
  patienceLeft(claims: readonly ClaimRequest[]): number {
    const now = this.#now()
    const words = claims.flatMap((claim) => this.#words.get(nameOf(claim)) ?? [])
    return Math.max(0, ...words.map((word) => patienceLeft(word, now)))
  }

  /** Whether an answer to what is wanted is to be expected in a moment. */
  get isAnswering(): boolean {
    return !this.#isFailing
  }

  /** Whether the edge has ever answered. */
  get hasSpoken(): boolean {
    return this.#said !== undefined
  }

  /** Whether the edge is known to have nothing of a Service any more. */
  hasLetGo(key: ServiceKey): boolean {
    return (
      this.#said !== undefined &&
      this.#isAlone &&
      !this.#said.has(key) &&
      !this.#underWay.has(key) &&
      !this.#unanswered.has(key)
    )
  }
}

/** The same claim, whatever it asks for. */
function nameOf({ owner, protocol = 'tcp', port }: ClaimRequest): string {
  return `${owner} ${protocol}/${port}`
}

function fateOf(answer: ClaimAnswer | undefined): Fate {
  if (answer === undefined) return UNKNOWN
  if (answer.state === 'live') {
    const down = downReason(answer.backends ?? [])
    return { state: 'live', ...(down !== undefined && { down }) }
  }
  return { state: 'refused', code: answer.code ?? 'internal', detail: answer.detail ?? '' }
}

function differing(before: ReadonlyMap<ServiceKey, string>, after: ReadonlyMap<ServiceKey, string>) {
  const changed = new Set<ServiceKey>()
  for (const [key, text] of after) if (before.get(key) !== text) changed.add(key)
  for (const key of before.keys()) if (!after.has(key)) changed.add(key)
  return changed
}
