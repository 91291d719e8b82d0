import { durationText } from '../values/duration.ts'
import { Fields, type Printable } from './yaml-text.ts'

/** Docker leaves out what is empty, zero or false: these give `undefined` for it. */
export function some(value: Printable): Printable {
  if (value instanceof Fields) return value.entries.length > 0 ? value : undefined
  if (Array.isArray(value)) return value.length > 0 ? value : undefined
  return value instanceof Map && value.size === 0 ? undefined : value
}

export function someText(value: string | undefined): string | undefined {
  return value === '' ? undefined : value
}

export function whenTrue(value: boolean): true | undefined {
  return value || undefined
}

export function nonZero(value: number | undefined): number | undefined {
  return value === 0 ? undefined : value
}

/** @param nanoseconds zero is printed */
export function anyDuration(nanoseconds: bigint | undefined): string | undefined {
  return nanoseconds === undefined ? undefined : durationText(nanoseconds)
}

export function nonZeroDuration(nanoseconds: bigint | undefined): string | undefined {
  return nanoseconds === 0n ? undefined : anyDuration(nanoseconds)
}
