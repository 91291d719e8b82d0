const SECOND = 1_000_000_000n

/** Whole seconds, as Kubernetes counts, of a duration in nanoseconds: rounded up, so that nothing becomes none. */
export function wholeSeconds(nanoseconds: bigint): number {
  return Number((nanoseconds + SECOND - 1n) / SECOND)
}
