import ipaddr from 'ipaddr.js'

/**
 * The one text that an address is written in (RFC 5952), or undefined where the text is no address. An IPv4-mapped IPv6
 * address is written as the IPv4 address that it stands for. Forms that programs read differently (`127.1`, `0x7f.0.0.1`,
 * `010.0.0.1`) and zones (`fe80::1%eth0`) are no addresses here.
 */
export function canonicalAddress(text: string): string | undefined {
  return parseAddress(text)?.text
}

/** An address that was read. Reading takes some 10 us, so whoever judges an address is handed this, and not its text. */
export interface Address {
  /** Canonical. */
  readonly text: string
  readonly numbers: ipaddr.IPv4 | ipaddr.IPv6
}

/** The address that a text names, or undefined where `canonicalAddress` is. */
export function parseAddress(text: string): Address | undefined {
  const numbers = ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : parseIPv6(text)
  if (!numbers) return undefined
  const written = numbers instanceof ipaddr.IPv6 ? numbers.toRFC5952String() : numbers.toString()
  return { text: written, numbers }
}

/** What an IPv6 address is written with: most of what is none is told from it without the parser, which throws. */
const IPV6_FORM = /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/

function parseIPv6(text: string): Address['numbers'] | undefined {
  if (!IPV6_FORM.test(text)) return undefined
  try {
    const address = ipaddr.IPv6.parse(text)
    return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
  } catch {
    return undefined
  }
}

/** Kinds of address that no node can be reached at from the edge, or only the edge itself. */
export type UnreachableKind =
  | 'unspecified'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'reserved'

/** Why nothing should be forwarded to an address, or undefined where it is an ordinary one. */
export function unreachableKind({ numbers }: Address): UnreachableKind | undefined {
  switch (numbers.range()) {
    case 'unspecified':
      return 'unspecified'
    case 'loopback':
      return 'loopback'
    case 'linkLocal':
      return 'link-local'
    case 'multicast':
      return 'multicast'
    case 'broadcast':
      return 'broadcast'
    case 'reserved':
      // ipaddr.js counts the documentation ranges (RFC 5737, RFC 3849) as reserved too: no harm in forwarding there.
      return numbers instanceof ipaddr.IPv4 && (numbers.octets[0] ?? 0) >= 240
        ? 'reserved'
        : zeroNetwork(numbers)
    default:
      return zeroNetwork(numbers)
  }
}

/** 0.0.0.0/8 is "this network" (RFC 791): Linux connects to itself there. */
function zeroNetwork(numbers: Address['numbers']): 'unspecified' | undefined {
  return numbers instanceof ipaddr.IPv4 && numbers.octets[0] === 0 ? 'unspecified' : undefined
}
