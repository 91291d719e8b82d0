import { brokenRules, type ClaimRules } from './claim-rules.ts'
import type { Claim, RefusedClaim } from './document.ts'
import type { HeldDocument } from './state.ts'

/**
 * A document without the claims that break rules which it was not read by: those of an edge that started anew with other
 * settings, or on another machine. Undefined where every claim still stands. Its digest is the old one's still.
 */
export function rejudge(held: HeldDocument, rules: ClaimRules): HeldDocument | undefined {
  const claims: Claim[] = []
  const refused: RefusedClaim[] = [...held.refused]
  for (const claim of held.claims) {
    const refusals = brokenRules(claim, rules)
    const [first] = refusals
    if (!first) {
      claims.push(claim)
      continue
    }
    const { index, port, protocol } = claim
    const detail = refusals.map((refusal) => refusal.detail).join('; ')
    refused.push({ index, port, protocol, refusal: { code: first.code, detail } })
  }
  if (claims.length === held.claims.length) return undefined
  return { ...held, claims, refused: refused.sort((a, b) => a.index - b.index) }
}
