import { parseAddress } from '../address/address.ts'
import { portKey } from '../route.ts'
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
    const addresses = claim.backends.flatMap(({ address }) => parseAddress(address) ?? [])
    const refusals = [...brokenRules(claim, addresses, rules)]
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

/** Whether rules that refused a claim of a document may take it by now. What it said is not kept: only its phone can tell. */
export function mayStandNow({ refused }: HeldDocument, rules: ClaimRules): boolean {
  return refused.some((claim) => mayBeTaken(claim, rules))
}

function mayBeTaken({ port, protocol, refusal }: RefusedClaim, rules: ClaimRules): boolean {
  switch (refusal.code) {
    case 'port-reserved':
      return port === undefined || !rules.reservedPorts.has(portKey(protocol ?? 'tcp', port))
    case 'protocol-unsupported':
      return protocol === undefined || rules.protocols.has(protocol)
    case 'backend-forbidden':
      return true
    default:
      return false
  }
}
