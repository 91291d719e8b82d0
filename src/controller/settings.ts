import { LOG_LEVELS } from '../log.ts'
import * as kind from '../settings/kind.ts'
import type { SettingReader } from '../settings/sheet.ts'
import { edgeAddress, edgeUrl, serviceKey } from './edge-names.ts'

/** Every setting of `homeport controller`, with its value. */
export type Settings = ReturnType<typeof settingsFrom>

/** The whole list of settings. docs/load-balancer.md says the same, and a test holds the two together. */
export function settingsFrom({ one, maybe, many }: SettingReader) {
  return {
    edges: many('edges', edgeUrl, 'The edges, each with a name in front where there are several.'),
    addresses: many(
      'addresses',
      edgeAddress,
      "What the Services' status says: the addresses or host names by which clients reach an edge. Left out: the host in the edge's URL.",
    ),
    tokenFile: maybe(
      'tokenFile',
      kind.path,
      'A file with the token of the edge, or one token a line in the order of the edges. It is read before each call.',
    ),
    caFile: maybe(
      'caFile',
      kind.path,
      "Certificates (PEM) of the authorities that vouch for the edges. Left out: the token's fingerprint does.",
    ),
    cluster: one('cluster', kind.label, 'default', 'What this cluster is called at the edges.'),
    namespaces: many(
      'namespaces',
      kind.label,
      'Only Services of these are served, so that Roles are enough; nodes are then reached by their internal addresses. Left out: all.',
    ),
    defaultClass: one(
      'defaultClass',
      kind.flag,
      'false',
      'Whether Services of type LoadBalancer that name no class are served too.',
    ),
    ipMode: one(
      'ipMode',
      kind.oneOf('auto', 'Proxy'),
      'auto',
      "Whether the cluster's own connections to a Service's address go straight to its pods (auto, where that is safe) or all by the edge (Proxy).",
    ),
    nodes: {
      perService: one(
        'nodes.perService',
        kind.count(1, 256),
        '3',
        "How many nodes take a Service's connections where any node may.",
      ),
      address: one(
        'nodes.address',
        kind.oneOf('auto', 'ExternalIP', 'InternalIP'),
        'auto',
        "By which of a node's addresses the edge reaches it; auto takes the external one where there is one.",
      ),
      healthService: maybe(
        'nodes.healthService',
        serviceKey,
        "The one Service at whose health check node port kube-proxy tells that a node lives. Left out: homeport-node-health in the controller's own namespace.",
      ),
      kubeProxyHealth: one(
        'nodes.kubeProxyHealth',
        kind.flag,
        'false',
        'Whether the edge may ask kube-proxy at port 10256 how a node is; else kube-proxy answers at a node port.',
      ),
    },
    interval: one('interval', kind.duration, '10s', 'How often an edge is called while nothing changes.'),
    lease: {
      ttl: one('lease.ttl', kind.duration, '1m', 'How long the claims hold at an edge without a call.'),
    },
    release: {
      timeout: one(
        'release.timeout',
        kind.duration,
        '10m',
        'How long a Service that is deleted is held while an edge does not confirm that its ports are closed.',
      ),
    },
    kubernetes: {
      config: maybe(
        'kubernetes.config',
        kind.path,
        "A kubeconfig. Left out: $KUBECONFIG, ~/.kube/config, or the pod's own service account.",
      ),
      context: maybe('kubernetes.context', kind.name, 'Which context of it. Left out: the current one.'),
      namespace: maybe(
        'kubernetes.namespace',
        kind.label,
        "Where the Lease of the election is. Left out: the pod's own namespace, or the context's.",
      ),
    },
    election: {
      name: one('election.name', kind.label, 'homeport-controller', 'The name of that Lease.'),
      duration: one(
        'election.duration',
        kind.duration,
        '15s',
        'How long the others wait for a leader that fell silent.',
      ),
    },
    health: {
      listen: maybe(
        'health.listen',
        kind.listen,
        'Where /healthz, /readyz and /metrics are, by plain HTTP ([::]:8080, say). Left out: nowhere.',
      ),
    },
    log: {
      level: one('log.level', kind.oneOf(...LOG_LEVELS), 'info', 'How much is logged.'),
    },
  }
}
