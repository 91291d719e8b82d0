/** The value below which a share of the samples lies: 0.5 is the median, 0.99 the p99. */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)
  return sorted[Math.max(0, at)] ?? Number.NaN
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

/** A duration given in ms, as people read it. */
export function time(ms: number): string {
  if (ms < 1) return `${(ms * 1000).toFixed(0)} us`
  return ms < 100
    ? `${ms.toFixed(1)} ms`
    : ms < 10_000
      ? `${ms.toFixed(0)} ms`
      : `${(ms / 1000).toFixed(1)} s`
}

/** p50 / p99 / max of durations in ms. */
export function spread(samples: readonly number[]): string {
  return `p50 ${time(median(samples))}, p99 ${time(quantile(samples, 0.99))}, max ${time(Math.max(...samples))} (n=${samples.length})`
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`
}
