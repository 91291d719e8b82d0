import { areNamesakes } from '../owner.ts'
import { type Backend, backendName, type PortKey, type Route } from '../route.ts'
import type { DocumentKey } from './document.ts'
import { type Claimant, type HeldDocument, lostBackend, type PortHold } from './state.ts'

export type Documents = ReadonlyMap<DocumentKey, HeldDocument>

/** The hold with one more claim; a free port goes to the claim's owner. */
export function withClaimant(hold: PortHold | undefined, claimant: Claimant): PortHold {
  if (!hold) return { owner: claimant.claim.owner, claimants: [claimant] }
  const at = hold.claimants.findIndex(({ document }) => document === claimant.document)
  const claimants = at < 0 ? [...hold.claimants, claimant] : hold.claimants.with(at, claimant)
  return { ...hold, claimants }
}

/** The hold without the claim of one document; undefined when the port is free then. */
export function withoutClaimant(hold: PortHold, document: DocumentKey): PortHold | undefined {
  const claimants = hold.claimants.filter((claimant) => claimant.document !== document)
  return claimants.length === 0 ? undefined : { ...hold, claimants }
}

/**
 * The hold with the owner it should have: the one it has while any claim of that owner is there, silent or not;
 * otherwise whoever has waited longest, one that still calls before one that fell silent. An owner that fell silent makes
 * way at once for its namesake: its cluster was made anew.
 */
export function settleOwner(hold: PortHold, documents: Documents): PortHold {
  const calls = ({ document }: Claimant) => documents.get(document)?.lapsedAt === undefined
  const own = hold.claimants.filter(({ claim }) => claim.owner === hold.owner)
  const heir = own.some(calls)
    ? undefined
    : hold.claimants.find((one) => calls(one) && areNamesakes(one.claim.owner, hold.owner))
  if (own.length > 0 && !heir) return hold
  const next = heir ?? hold.claimants.find(calls) ?? hold.claimants[0]
  return next ? { ...hold, owner: next.claim.owner } : hold
}

/**
 * The route that a hold gives: the backends of all the owner's claims merged, everything else from the newest of them.
 * Undefined when no backend is left; the port stays the owner's all the same.
 */
export function routeOf(key: PortKey, hold: PortHold, documents: Documents): Route | undefined {
  const claims = ownersClaims(hold, documents)
  const newest = claims.at(-1)
  if (!newest) return undefined
  const { port, protocol, check, affinity, allow } = newest.claim
  const author = newest.held.identity
  const backends = mergeBackends(key, claims)
  if (backends.length === 0) return undefined
  return {
    key,
    port,
    protocol,
    owner: hold.owner,
    author,
    check,
    ...(affinity && { affinity }),
    ...(allow && { allow }),
    backends,
  }
}

interface HeldClaim extends Claimant {
  readonly held: HeldDocument
}

/** The claims that count, the newest last. */
function ownersClaims(hold: PortHold, documents: Documents): HeldClaim[] {
  const claims: HeldClaim[] = []
  for (const claimant of hold.claimants) {
    const held = documents.get(claimant.document)
    if (held && claimant.claim.owner === hold.owner) claims.push({ ...claimant, held })
  }
  return claims.sort((a, b) => a.held.version - b.held.version)
}

/** One backend an address and port, as the newest claim that names it has it; sorted by name. */
function mergeBackends(key: PortKey, claims: readonly HeldClaim[]): Backend[] {
  const byPlace = new Map<string, Backend>()
  for (const { claim, held } of claims) {
    for (const backend of claim.backends) {
      if (held.lost?.includes(lostBackend(key, backendName(backend)))) continue
      byPlace.set(`${backend.address} ${backend.port}`, backend)
    }
  }
  const backends = [...byPlace.values()]
  return backends.length < 2 ? backends : backends.sort(byName)
}

function byName(a: Backend, b: Backend): number {
  const [left, right] = [backendName(a), backendName(b)]
  return left < right ? -1 : left > right ? 1 : 0
}
