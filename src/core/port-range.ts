/** Ports from `low` to `high`, both included. */
export interface PortRange {
  readonly low: number
  readonly high: number
}

const FORM = /^(\d{1,5})(?:-(\d{1,5}))?$/

/** Reads `8443` or `30000-32767`; undefined where the text is neither, or names ports outside 1 to 65535. */
export function parsePortRange(text: string): PortRange | undefined {
  const [, lowText, highText] = FORM.exec(text) ?? []
  if (lowText === undefined) return undefined
  const low = Number(lowText)
  const high = highText === undefined ? low : Number(highText)
  return 1 <= low && low <= high && high <= 65535 ? { low, high } : undefined
}

/** Whether each port of `range` is in one of `others`, which may overlap or touch. */
export function portsWithin({ low, high }: PortRange, others: readonly PortRange[]): boolean {
  let open = low
  for (const other of others.toSorted((a, b) => a.low - b.low)) {
    if (other.low <= open && open <= other.high) open = other.high + 1
  }
  return open > high
}
