import type { Protocol } from '../../wire/names.ts'
import { type Address, type UnreachableKind, unreachableKind } from '../address/address.ts'
import type { Refusal } from '../refusal.ts'
import { type PortKey, portKey } from '../route.ts'
import type { Claim } from './document.ts'

/** What an edge does not do, whoever asks. */
export interface ClaimRules {
  /** Ports that the edge keeps: its API's, and those of the config. */
  readonly reservedPorts: ReadonlySet<PortKey>
  /** The edge's own addresses, canonical: forwarding there would be a loop, or open what listens on the VM only. */
  readonly ownAddresses: ReadonlySet<string>
  /** For trials on one machine: 127.0.0.2 and the like count as nodes. */
  readonly allowLoopback: boolean
  /** What the data plane carries. */
  readonly protocols: ReadonlySet<Protocol>
}

const KINDS: Record<UnreachableKind, string> = {
  unspecified: 'stands for no host',
  loopback: 'is a loopback address: it means the edge itself',
  'link-local': 'is link-local: it means another host on every network',
  multicast: 'is a multicast address',
  broadcast: 'is the broadcast address',
  reserved: 'is in a reserved range',
}

/** Every rule that a claim breaks which forwards to `addresses`, looked for as it is asked for. */
export function* brokenRules(
  { port, protocol }: Pick<Claim, 'port' | 'protocol'>,
  addresses: Iterable<Address>,
  rules: ClaimRules,
): Generator<Refusal, void, undefined> {
  if (!rules.protocols.has(protocol)) {
    yield { code: 'protocol-unsupported', detail: `${protocol} is not carried by this edge` }
  }
  if (rules.reservedPorts.has(portKey(protocol, port))) {
    yield { code: 'port-reserved', detail: `port ${port} is the edge's own` }
  }
  for (const address of addresses) {
    const fault = addressFault(address, rules)
    if (fault) yield { code: 'backend-forbidden', detail: `backend ${address.text} ${fault}` }
  }
}

function addressFault(address: Address, rules: ClaimRules): string | undefined {
  if (rules.ownAddresses.has(address.text)) return 'is the edge itself: that would be a loop'
  const kind = unreachableKind(address)
  if (kind === undefined || (kind === 'loopback' && rules.allowLoopback)) return undefined
  return KINDS[kind]
}
