import ipaddr from 'ipaddr.js'
import { type Address, parseAddress } from './address.ts'

/** A range of addresses, read from `192.0.2.0/24` or from an address alone. */
export interface Range {
  readonly base: Address
  /** Leading bits that count: 0 to 32 or 128. */
  readonly bits: number
}

const FORM = /^([0-9a-fA-F.:]+)(?:\/(\d{1,3}))?$/

/** The range that a text names, or undefined where it names none. */
export function parseRange(text: string): Range | undefined {
  const [, addressText, bitsText] = FORM.exec(text) ?? []
  const base = addressText === undefined ? undefined : parseAddress(addressText)
  if (!base) return undefined
  const width = base.numbers instanceof ipaddr.IPv6 ? 128 : 32
  const bits = bitsText === undefined ? width : Number(bitsText)
  return bits <= width ? { base, bits } : undefined
}

/** Whether an address lies in a range; an IPv4 address lies in no IPv6 range. */
export function inRange({ base, bits }: Range, { numbers }: Address): boolean {
  return numbers.kind() === base.numbers.kind() && numbers.match(base.numbers, bits)
}

/** Whether every address of `inner` lies in `outer`. */
export function rangeWithin(inner: Range, outer: Range): boolean {
  return inner.bits >= outer.bits && inRange(outer, inner.base)
}

/** The one text of a range: host bits cleared, `192.0.2.7/24` -> `192.0.2.0/24`. */
export function formatRange({ base, bits }: Range): string {
  const cleared = base.numbers.toByteArray().map((byte, index) => {
    const kept = Math.min(8, Math.max(0, bits - index * 8))
    return byte & (0xff << (8 - kept)) & 0xff
  })
  const address = ipaddr.fromByteArray(cleared)
  const text = address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
  return `${text}/${bits}`
}
