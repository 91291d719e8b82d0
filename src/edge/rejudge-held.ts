import { ownerName } from '../core/owner.ts'
import type { ClaimRules } from '../core/registry/claim-rules.ts'
import { rejudge } from '../core/registry/rejudge.ts'
import { type PortKey, portKey } from '../core/route.ts'
import type { Log } from '../log.ts'
import { documentDigest } from './document-digest.ts'
import type { Journal } from './journal.ts'

/**
 * Refuses the held claims that this edge's settings do not allow any more, so that a stricter setting counts from the
 * next start on. Their phones hear of it with their next call, since the digest is another one. Counts at once and is owed
 * to the disk, since a full one must not keep an edge from starting. Returns their ports.
 */
export function rejudgeHeld(journal: Journal, rules: ClaimRules, log: Log): Set<PortKey> {
  const ports = new Set<PortKey>()
  const changed = [...journal.state.documents.values()].flatMap((held) => {
    const document = rejudge(held, rules)
    if (!document) return []
    for (const claim of held.claims) {
      if (document.claims.includes(claim)) continue
      ports.add(portKey(claim.protocol, claim.port))
      const refused = document.refused.find(({ index }) => index === claim.index)
      const { port, protocol } = claim
      const owner = ownerName(claim.owner)
      log.warn(
        { owner, port, protocol, ...refused?.refusal },
        "the edge's settings refuse a claim that it held",
      )
    }
    return [{ ...document, digest: documentDigest(document) }]
  })
  if (changed.length > 0) journal.owe(...changed.map((document) => ({ type: 'refuse', document }) as const))
  return ports
}
