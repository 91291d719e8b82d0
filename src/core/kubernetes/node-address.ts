import { parseAddress, unreachableKind } from '../address/address.ts'
import type { NodeAddressType } from './controller-rules.ts'
import type { Family, NodeObject } from './objects.ts'

/** Kinds of a node's addresses, the better first. */
const TYPES: Record<NodeAddressType, readonly string[]> = {
  auto: ['ExternalIP', 'InternalIP'],
  ExternalIP: ['ExternalIP'],
  InternalIP: ['InternalIP'],
}

/**
 * The address (canonical) at which an edge reaches a node, or undefined where it has none that will do: of the wanted
 * type, and of a family that the Service has, whose node ports are open in no other. The type comes before the family:
 * an internal address of the Service's first family is of no use to an edge outside.
 */
export function nodeAddress(
  node: NodeObject,
  type: NodeAddressType,
  families: readonly Family[],
): string | undefined {
  for (const wanted of TYPES[type]) {
    const addresses = node.addresses.flatMap((one) =>
      one.type === wanted ? (usable(one.address) ?? []) : [],
    )
    for (const family of families) {
      const address = addresses.find((one) => familyOf(one) === family)
      if (address !== undefined) return address
    }
  }
  return undefined
}

/** One address that no edge forwards to would have the whole claim refused. Loopback is for trials on one machine. */
function usable(text: string): string | undefined {
  const address = parseAddress(text)
  const kind = address && unreachableKind(address)
  return kind === undefined || kind === 'loopback' ? address?.text : undefined
}

/** The family of an address, or undefined for a host name. */
export function familyOf(text: string): Family | undefined {
  const kind = parseAddress(text)?.numbers.kind()
  if (kind === undefined) return undefined
  return kind === 'ipv6' ? 'IPv6' : 'IPv4'
}
