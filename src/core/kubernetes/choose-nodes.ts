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
  const scores = Uint32Array.from(candidates, ({ hash }) => score(ownHash, hash))
  const far = Uint8Array.from(candidates, ({ name }) => (hosts.has(name) ? 0 : 1))
  const chosen = new Set<number>()
  const inZone = new Map<string, number>()
  while (chosen.size < count) {
    const next = pick(candidates, scores, far, chosen, inZone)
    chosen.add(next)
    const zone = candidates[next]?.zone ?? ''
    inZone.set(zone, (inZone.get(zone) ?? 0) + 1)
  }
  return candidates.filter((_, index) => chosen.has(index)).sort(byName)
}

/** The index of the best candidate that is not chosen yet: one look at each, which has to be a quick one. */
function pick(
  candidates: readonly Candidate[],
  scores: Uint32Array,
  far: Uint8Array,
  chosen: ReadonlySet<number>,
  inZone: ReadonlyMap<string, number>,
): number {
  let best = -1
  let bestRank = 0
  for (let index = 0; index < candidates.length; index++) {
    // A host in the most crowded zone comes before any other node.
    const crowd = inZone.get(candidates[index]?.zone ?? '') ?? 0
    const rank = (far[index] ?? 0) * candidates.length + crowd
    if (
      best >= 0 &&
      (rank > bestRank || (rank === bestRank && !scoresHigher(index, best, scores, candidates)))
    )
      continue
    if (chosen.has(index)) continue
    best = index
    bestRank = rank
  }
  return best
}

/** Two names may have one score. */
function scoresHigher(
  one: number,
  other: number,
  scores: Uint32Array,
  candidates: readonly Candidate[],
): boolean {
  const difference = (scores[one] ?? 0) - (scores[other] ?? 0)
  if (difference !== 0) return difference > 0
  return (candidates[one]?.name ?? '') < (candidates[other]?.name ?? '')
}

function byName(a: Candidate, b: Candidate): number {
  return a.name < b.name ? -1 : 1
}
