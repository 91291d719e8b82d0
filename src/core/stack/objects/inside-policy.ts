import type { StackModel } from '../model/stack-model.ts'
import type { Digest } from '../names.ts'
import { networkLabel, SERVICE, stackLabels, stackSelector } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** Where the cache of a node answers for the cluster's DNS, which is no pod: https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/ */
const NODE_LOCAL_DNS = '169.254.20.10/32'

/** What is on internal networks alone reaches the stack, who shares such a network, and the cluster's DNS. */
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
  const selector = {
    ...stackSelector(namespace),
    matchExpressions: [{ key: SERVICE, operator: 'In', values: kept.map(({ name }) => name) }],
  }
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'inside', namespace, labels: stackLabels(namespace) },
      spec: { podSelector: selector, policyTypes: ['Egress'], egress },
    },
  ]
}
