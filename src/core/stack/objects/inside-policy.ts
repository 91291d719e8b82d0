import type { ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import type { Digest } from '../names.ts'
import { networkLabel, SERVICE, stackLabels, stackSelector } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import { jobsAwaited } from './waits.ts'

/** Where the cache of a node answers for the cluster's DNS, which is no pod: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const NODE_LOCAL_DNS = '169.254.20.10/32'

/** Where API servers listen, and their Service does. */
const API_SERVER_PORTS = [443, 6443]

/**
 * What is on internal networks alone reaches the stack, who shares such a network, and the cluster's DNS; where it waits for a
 * job, the ports of the API server too.
 */
export function insidePolicy({ namespace, services }: StackModel, digest: Digest): KubernetesObject[] {
  const kept = services.filter((service) => service.inside)
  if (kept.length === 0) return []
  const networks = [...new Set(kept.flatMap(({ sharedNetworks }) => sharedNetworks))]
  const beside = networks.map((network) => ({
    namespaceSelector: {},
    podSelector: { matchLabels: { [networkLabel(network, digest)]: '' } },
  }))
  const dns = ['UDP', 'TCP'].map((protocol) => ({ port: 53, protocol }))
  const egress = [
    { to: [{ podSelector: stackSelector(namespace) }, ...beside] },
    { to: [{ namespaceSelector: {} }, { ipBlock: { cidr: NODE_LOCAL_DNS } }], ports: dns },
  ]
  const policy = (name: string, of: readonly ServiceModel[], egress: object[]): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name, namespace, labels: stackLabels(namespace) },
    spec: { podSelector: selector(namespace, of), policyTypes: ['Egress'], egress },
  })
  const waiting = kept.filter((service) => jobsAwaited(service, services).length > 0)
  // To whatever address: a policy is asked once the address is the API server's own, which is in no object of the stack; and
  // Cilium finds no node in an ipBlock, however wide: https://github.com/cilium/cilium/issues/20550
  const toApiServer = [{ ports: API_SERVER_PORTS.map((port) => ({ port, protocol: 'TCP' })) }]
  return [
    policy('inside', kept, egress),
    ...(waiting.length > 0 ? [policy('inside-waits', waiting, toApiServer)] : []),
  ]
}

function selector(namespace: string, services: readonly ServiceModel[]): object {
  return {
    ...stackSelector(namespace),
    matchExpressions: [{ key: SERVICE, operator: 'In', values: services.map(({ name }) => name) }],
  }
}
