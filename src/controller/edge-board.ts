import type { ServiceKey } from '../core/kubernetes/objects.ts'
import type { Fate } from '../core/kubernetes/outcome.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import type { ClaimAnswer } from '../wire/document.ts'
import type { Taken } from './document-line.ts'

const UNKNOWN: Fate = { state: 'unknown' }

/** What one edge said last of every claim in the document that it has. */
export class EdgeBoard {
  #fates: ReadonlyMap<ClaimRequest, Fate> = new Map()
  /** What was said of each Service's claims, as text: to see for whom it is news. */
  #told: ReadonlyMap<ServiceKey, string> | undefined
  #isFailing = false

  /** The edge answered. Returns the Services for which it is news. */
  answered({ wanted, answers }: Taken): Set<ServiceKey> {
    const byIndex = new Map(answers.map((answer) => [answer.index, answer]))
    const fates = new Map<ClaimRequest, Fate>()
    const told = new Map<ServiceKey, string>()
    wanted.claims.forEach((claim, index) => {
      const fate = fateOf(byIndex.get(index))
      fates.set(claim, fate)
      told.set(claim.owner, `${told.get(claim.owner) ?? ''}\n${claim.port} ${JSON.stringify(fate)}`)
    })
    const changed = differing(this.#told ?? new Map(), told)
    // Also who asks for the same under other claims: a node that changed, say.
    for (const claim of wanted.claims) if (!this.#fates.has(claim)) changed.add(claim.owner)
    this.#fates = fates
    this.#told = told
    this.#isFailing = false
    return changed
  }

  /** It took nothing. Returns whether that is news. */
  failed(): boolean {
    const isNews = !this.#isFailing
    this.#isFailing = true
    return isNews
  }

  /** What became of a claim. Of one that the edge does not have (yet), that is not known. */
  fate(claim: ClaimRequest): Fate {
    return this.#fates.get(claim) ?? UNKNOWN
  }

  /** Whether an answer to what is wanted is to be expected in a moment. */
  get isAnswering(): boolean {
    return !this.#isFailing
  }

  /** Whether the edge is known to have nothing of a Service any more. */
  hasLetGo(key: ServiceKey): boolean {
    return this.#told !== undefined && !this.#told.has(key)
  }
}

function fateOf(answer: ClaimAnswer | undefined): Fate {
  if (answer?.state === 'live') return { state: 'live' }
  if (answer === undefined) return UNKNOWN
  return { state: 'refused', code: answer.code ?? 'internal', detail: answer.detail ?? '' }
}

function differing(before: ReadonlyMap<ServiceKey, string>, after: ReadonlyMap<ServiceKey, string>) {
  const changed = new Set<ServiceKey>()
  for (const [key, text] of after) if (before.get(key) !== text) changed.add(key)
  for (const key of before.keys()) if (!after.has(key)) changed.add(key)
  return changed
}
