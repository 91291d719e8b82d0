import type { Candidate } from './node-pool.ts'
import { hashText, score } from './rendezvous.ts'

/**
 * At most `count` of the candidates, sorted by name: those with an endpoint of the Service (`hosts`) first, among equals
 * one of each zone in turn, and within a zone by their score with `key`. A node that was not chosen changes nothing when it
 * goes; one that was changes one.
 */
export function chooseNodes(
  key: string,
  candidates: readonly Candidate[],
  hosts: ReadonlySet<string>,
  count: number,
): Candidate[] {
  if (candidates.length <= count) return [...candidates].sort(byName)
  const ownHash = hashText(key)
  const scores = candidates.map(({ hash }) => score(ownHash, hash))
  const near = candidates.map(({ name }) => hosts.has(name))
  const chosen = new Set<number>()
  const inZone = new Map<string, number>()
  while (chosen.size < count) {
    const next = pick(candidates, scores, near, chosen, inZone)
    chosen.add(next)
    const zone = candidates[next]?.zone ?? ''
    inZone.set(zone, (inZone.get(zone) ?? 0) + 1)
  }
  return candidates.filter((_, index) => chosen.has(index)).sort(byName)
}

/** The index of the best candidate that is not chosen yet: one look at each. */
function pick(
  candidates: readonly Candidate[],
  scores: readonly number[],
  near: readonly boolean[],
  chosen: ReadonlySet<number>,
  inZone: ReadonlyMap<string, number>,
): number {
  let best = -1
  let bestRank = 0
  let bestScore = 0
  for (const [index, { zone, name }] of candidates.entries()) {
    if (chosen.has(index)) continue
    // A host in the most crowded zone comes before any other node.
    const rank = (near[index] ? 0 : candidates.length) + (inZone.get(zone) ?? 0)
    const ownScore = scores[index] ?? 0
    const better =
      best < 0 ||
      rank < bestRank ||
      (rank === bestRank &&
        (ownScore > bestScore || (ownScore === bestScore && name < (candidates[best]?.name ?? ''))))
    if (!better) continue
    best = index
    bestRank = rank
    bestScore = ownScore
  }
  return best
}

function byName(a: Candidate, b: Candidate): number {
  return a.name < b.name ? -1 : 1
}
