import { type StackOptions, USUAL_NAMESPACES } from '../model/options.ts'
import type { Route, ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type Digest, dnsName } from '../names.ts'
import { insidePolicy } from './inside-policy.ts'
import { networkLabel, podSelector, stackLabels, stackSelector } from './labels.ts'
import type { KubernetesObject } from './object.ts'

const NAMESPACE = 'kubernetes.io/metadata.name'

/**
 * Swarm's isolation: the services of a stack reach each other, and nobody else reaches them, but those on the networks that
 * they share by name; what is published is open to all, what has a route to the ingress controller.
 */
export function networkPolicies(
  model: StackModel,
  options: StackOptions,
  digest: Digest,
): KubernetesObject[] {
  const { namespace, services } = model
  const policy = (name: string, podSelector: object, ingress: object[]): KubernetesObject => ({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: dnsName(name, digest), namespace, labels: stackLabels(namespace) },
    spec: { podSelector, policyTypes: ['Ingress'], ingress },
  })
  const networks = [...new Set(services.flatMap(({ sharedNetworks }) => sharedNetworks))]
  const shared = networks.map((network) => {
    const pods = { matchLabels: { [networkLabel(network, digest)]: '' } }
    return policy(`network-${network}`, pods, [{ from: [{ namespaceSelector: {}, podSelector: pods }] }])
  })
  const routesOf = Map.groupBy(
    services.flatMap(({ routes }) => routes),
    ({ service }) => service,
  )
  const open = services.flatMap((service) => {
    const routes = routesOf.get(service.key) ?? []
    const asked = [...(model.asked.get(service.key) ?? [])].map(
      (port) => ({ port, protocol: 'tcp' }) as const,
    )
    const ingress = [...published(service), ...routed([...routes, ...asked], options)]
    const pods = { matchLabels: podSelector(namespace, service.name) }
    return ingress.length > 0 ? [policy(`open-${service.name}`, pods, ingress)] : []
  })
  return [
    // By the label, and not all of the namespace: others may live in it, and are left alone.
    policy('stack', stackSelector(namespace), [{ from: [{ podSelector: stackSelector(namespace) }] }]),
    ...shared,
    ...open,
    ...insidePolicy(model, digest),
  ]
}

function published({ publishes }: ServiceModel): object[] {
  const ports = publishes.map(({ target, protocol }) => ({ port: target, protocol }))
  return ports.length > 0 ? [{ ports: distinct(ports) }] : []
}

/** Routes may lead to another service than the one whose labels make them, and may ask a third who somebody is. */
function routed(
  routes: readonly Pick<Route, 'port' | 'protocol'>[],
  { ingress, ingressNamespaces = USUAL_NAMESPACES[ingress] }: StackOptions,
): object[] {
  if (routes.length === 0 || ingressNamespaces.length === 0) return []
  const ports = routes.map(({ port, protocol }) => ({ port, protocol: protocol === 'udp' ? 'UDP' : 'TCP' }))
  const matchExpressions = [{ key: NAMESPACE, operator: 'In', values: ingressNamespaces }]
  return [{ from: [{ namespaceSelector: { matchExpressions } }], ports: distinct(ports) }]
}

function distinct<T extends { port: number; protocol: string }>(ports: readonly T[]): T[] {
  return [...new Map(ports.map((port) => [`${port.protocol}/${port.port}`, port])).values()]
}
