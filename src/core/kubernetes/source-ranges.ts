import { formatRange, parseRange } from '../address/range.ts'
import { ALLOW, OLD_SOURCE_RANGES } from '../annotation-names.ts'
import type { ServiceObject } from './objects.ts'
import { listed, quoted } from './problem.ts'

/** As many as a claim takes. */
const MAX_RANGES = 256

/**
 * The clients that may connect, sorted; undefined for all. Of three places the first that says something counts, and
 * it alone, as Kubernetes does with the last two: the annotation `homeport.dev/allow` (so that the edge can be given
 * other ranges than kube-proxy), `spec.loadBalancerSourceRanges`, and the annotation that this field once was. A list
 * with a fault opens nothing to anybody: the fault is told, and what was there before stays.
 */
export function readSourceRanges(service: ServiceObject, faults: string[]): readonly string[] | undefined {
  const own = service.annotations[ALLOW]
  const old = service.annotations[OLD_SOURCE_RANGES]
  if (own !== undefined) return readRanges(ALLOW, split(own), own, faults)
  if (service.sourceRanges.length > 0) {
    const texts = service.sourceRanges.map((text) => text.trim())
    return readRanges('spec.loadBalancerSourceRanges', texts, texts.join(','), faults)
  }
  // Kubernetes reads an empty one as none.
  return old === undefined || old.trim() === ''
    ? undefined
    : readRanges(OLD_SOURCE_RANGES, split(old), old, faults)
}

function readRanges(place: string, texts: readonly string[], whole: string, faults: string[]): string[] {
  const ranges = new Set<string>()
  const wrong: string[] = []
  for (const text of texts) {
    const range = parseRange(text)
    if (range) ranges.add(formatRange(range))
    else wrong.push(text)
  }
  if (wrong.length > 0) {
    faults.push(
      `${place} has ${listed(wrong.map(quoted))}: write address ranges, like "192.0.2.0/24,2001:db8::/32"`,
    )
  } else if (ranges.size === 0) {
    faults.push(
      `${place} is ${quoted(whole)}: write address ranges, like "192.0.2.0/24", or leave it out for all`,
    )
  } else if (ranges.size > MAX_RANGES) {
    faults.push(
      `${place} has ${ranges.size} ranges: an edge takes ${MAX_RANGES} a port; write fewer and wider ones`,
    )
  }
  return [...ranges].sort()
}

function split(text: string): string[] {
  return text.split(/[\s,]+/).filter((part) => part !== '')
}
