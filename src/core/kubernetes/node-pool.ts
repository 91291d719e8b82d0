import { type ControllerRules, FAMILIES } from './controller-rules.ts'
import { nodeAddress } from './node-address.ts'
import type { Family, NodeObject } from './objects.ts'
import { hashText } from './rendezvous.ts'

/** A node that may take a Service's connections. */
export interface Candidate {
  readonly name: string
  readonly hash: number
  readonly address: string
  readonly zone: string
  /** 0 for ready nodes; see `tierOf`. */
  readonly tier: number
  readonly ready: boolean
}

/** The nodes as Services of one combination of families see them. */
export interface Candidates {
  readonly byName: ReadonlyMap<string, Candidate>
  /** Those of the best tier that has any. */
  readonly best: readonly Candidate[]
}

/**
 * The cluster's nodes, prepared once a change of nodes, so that each Service costs only its own work. Services of one
 * family see other addresses than those of two.
 */
export interface NodePool {
  /** Nodes that are not to be left alone, with or without an address. */
  readonly size: number
  readonly views: ReadonlyMap<string, Candidates>
  /** A port of every node at which a connection tells that the node lives, where there is one. */
  readonly healthPort?: number
}

/** Every order of families that a Service can have. One that names none has node ports in all. */
const COMBINATIONS: readonly (readonly Family[])[] = [['IPv4'], ['IPv6'], FAMILIES, FAMILIES.toReversed()]

export function nodePool(
  nodes: Iterable<NodeObject>,
  rules: Pick<ControllerRules, 'nodeAddressType'>,
  healthPort?: number,
): NodePool {
  const eligible = [...nodes]
    .filter(({ deleting, excluded, autoscalerTaint }) => !deleting && !excluded && !autoscalerTaint)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const views = COMBINATIONS.map((families): [string, Candidates] => {
    const candidates = eligible.flatMap((node) => candidate(node, rules, families) ?? [])
    const tier = Math.min(...candidates.map((one) => one.tier))
    return [
      families.join(),
      {
        byName: new Map(candidates.map((one) => [one.name, one])),
        best: candidates.filter((one) => one.tier === tier),
      },
    ]
  })
  return {
    size: eligible.length,
    views: new Map(views),
    ...(healthPort !== undefined && { healthPort }),
  }
}

export function candidatesFor(pool: NodePool, families: readonly Family[]): Candidates {
  const distinct = [...new Set(families.length > 0 ? families : FAMILIES)]
  return pool.views.get(distinct.join()) ?? NOBODY
}

const NOBODY: Candidates = { byName: new Map(), best: [] }

function candidate(
  node: NodeObject,
  { nodeAddressType }: Pick<ControllerRules, 'nodeAddressType'>,
  families: readonly Family[],
): Candidate | undefined {
  const address = nodeAddress(node, nodeAddressType, families)
  if (address === undefined) return undefined
  const { name, zone = '' } = node
  return { name, hash: hashText(name), address, zone, tier: tierOf(node), ready: node.ready }
}

/**
 * Ready nodes first; a cordoned one, which is about to be drained, only when no other is there. Last those that are not
 * ready: when a cluster loses sight of all its kubelets, its nodes work on, and the edge's own checks know better.
 */
function tierOf({ ready, unschedulable }: NodeObject): number {
  if (!ready) return 2
  return unschedulable ? 1 : 0
}
