import type { ControllerEdge, ControllerRules } from '../core/kubernetes/controller-rules.ts'
import { LONE_EDGE } from '../core/kubernetes/edge-title.ts'
import type { Settings } from './settings.ts'

/** An edge of the settings, with all that they say of it. */
export interface ListedEdge extends ControllerEdge {
  readonly url: URL
  /** Its place among the edges: that of its token in the file. */
  readonly index: number
}

/** The edges of the settings, which were found good. */
export function edgeList({ edges, addresses }: Pick<Settings, 'edges' | 'addresses'>): ListedEdge[] {
  return edges.map(({ name = LONE_EDGE, value: url }, index) => {
    const all = addresses.filter((one) => (one.name ?? name) === name).map(({ value }) => value)
    const given = [...new Set(all)]
    return { name, url, index, addresses: given.length > 0 ? given : [hostOf(url)] }
  })
}

/** What the settings decide for all Services. `namespace` is the controller's own. */
export function rulesOf(
  settings: Settings,
  edges: readonly ListedEdge[],
  namespace: string,
): ControllerRules {
  const { defaultClass, nodes, ipMode } = settings
  return {
    defaultClass,
    nodesPerService: nodes.perService,
    nodeAddressType: nodes.address,
    kubeProxyHealth: nodes.kubeProxyHealth,
    nodeHealthService: nodes.healthService ?? `${namespace}/homeport-node-health`,
    ipMode,
    edges: edges.map(({ name, addresses }) => ({ name, addresses })),
  }
}

/** A URL writes an IPv6 address in brackets, which are no part of it. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}
