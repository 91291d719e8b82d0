import { readDuration } from '../values/duration.ts'

const HOURS: Readonly<Record<string, number>> = { w: 168, d: 24 }

/** A length of time as Compose reads it, in nanoseconds: Go's units, and `d` and `w`. */
export function composeDuration(text: string): bigint | undefined {
  const plain = text.replace(/(\d+(?:\.\d+)?)([dw])/g, (_, digits: string, unit: string) => {
    return `${Number(digits) * (HOURS[unit] ?? 0)}h`
  })
  return readDuration(plain)
}
