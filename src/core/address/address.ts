import ipaddr from 'ipaddr.js'

/**
 * The one text that an address is written in (RFC 5952), or undefined where the text is no address. An IPv4-mapped IPv6
 * address is written as the IPv4 address that it stands for. Forms that programs read differently (`127.1`, `0x7f.0.0.1`,
 * `010.0.0.1`) and zones (`fe80::1%eth0`) are no addresses here.
 */
export function canonicalAddress(text: string): string | undefined {
  const address = parseAddress(text)
  return address === undefined ? undefined : formatAddress(address)
}

export type Address = ipaddr.IPv4 | ipaddr.IPv6

export function parseAddress(text: string): Address | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text)
  if (text.includes('%') || !ipaddr.IPv6.isValid(text)) return undefined
  const address = ipaddr.IPv6.parse(text)
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address
}

function formatAddress(address: Address): string {
  return address instanceof ipaddr.IPv6 ? address.toRFC5952String() : address.toString()
}

/** Kinds of address that no node can be reached at from the edge, or only the edge itself. */
export type UnreachableKind =
  | 'unspecified'
  | 'loopback'
  | 'link-local'
  | 'multicast'
  | 'broadcast'
  | 'reserved'

/** Why nothing should be forwarded to a (canonical) address, or undefined where it is an ordinary one. */
export function unreachableKind(canonical: string): UnreachableKind | undefined {
  const address = parseAddress(canonical)
  switch (address?.range()) {
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
      return address instanceof ipaddr.IPv4 && (address.octets[0] ?? 0) >= 240
        ? 'reserved'
        : zeroNetwork(address)
    default:
      return zeroNetwork(address)
  }
}

/** 0.0.0.0/8 is "this network" (RFC 791): Linux connects to itself there. */
function zeroNetwork(address: Address | undefined): 'unspecified' | undefined {
  return address instanceof ipaddr.IPv4 && address.octets[0] === 0 ? 'unspecified' : undefined
}
