/** Nanoseconds in the units that Go reads. */
const UNITS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

const PART = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y

const MOST = 2n ** 63n - 1n

/** A length of time as Go reads it, `1m30s` or `1.5h`, in nanoseconds; `undefined` where Go would not. */
export function readDuration(text: string): bigint | undefined {
  const sign = /^[-+]/.exec(text)?.[0] ?? ''
  const rest = text.slice(sign.length)
  if (rest === '0') return 0n
  // What is longer is out of range, or all zeros.
  if (rest === '' || rest.length > 100) return undefined
  let sum = 0n
  PART.lastIndex = 0
  while (PART.lastIndex < rest.length) {
    const [, digits = '', unit = ''] = PART.exec(rest) ?? []
    const nanoseconds = UNITS[unit]
    if (nanoseconds === undefined) return undefined
    const [whole = '', fraction = ''] = digits.split('.')
    sum += BigInt(whole || '0') * nanoseconds
    sum += (BigInt(fraction || '0') * nanoseconds) / 10n ** BigInt(fraction.length)
  }
  if (sum > MOST) return undefined
  return sign === '-' ? -sum : sum
}

/** Nanoseconds as Go prints them: `1h0m0s`, `1m30s`, `1.5s`, `100ms`. */
export function durationText(nanoseconds: bigint): string {
  if (nanoseconds < 0n) return `-${durationText(-nanoseconds)}`
  if (nanoseconds === 0n) return '0s'
  if (nanoseconds < 1000n) return `${nanoseconds}ns`
  if (nanoseconds < 1_000_000n) return `${decimal(nanoseconds, 1000n)}µs`
  if (nanoseconds < 1_000_000_000n) return `${decimal(nanoseconds, 1_000_000n)}ms`
  const minutes = nanoseconds / 60_000_000_000n
  const seconds = `${decimal(nanoseconds % 60_000_000_000n, 1_000_000_000n)}s`
  if (minutes === 0n) return seconds
  const hours = minutes / 60n
  return hours === 0n ? `${minutes}m${seconds}` : `${hours}h${minutes % 60n}m${seconds}`
}

function decimal(value: bigint, unit: bigint): string {
  const digits = unit.toString().length - 1
  const fraction = (value % unit).toString().padStart(digits, '0').replace(/0+$/, '')
  return fraction === '' ? `${value / unit}` : `${value / unit}.${fraction}`
}
