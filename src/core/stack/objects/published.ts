import { EDGE_CLASS } from '../../annotation-names.ts'
import type { Publish, ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type Digest, freeName } from '../names.ts'
import { podSelector } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import { serviceObject } from './service-object.ts'

/**
 * What leads from outside to the published ports: a load balancer of the edge's class, which the controller claims; where
 * an agent does that, node ports that it knows.
 */
export function published(
  service: ServiceModel,
  model: StackModel,
  taken: Set<string>,
  digest: Digest,
): KubernetesObject[] {
  const fixed = service.publishes.filter(({ published: port }) => port > 0)
  const any = service.publishes.filter(({ published: port }) => port === 0)
  const selector = podSelector(model.namespace, service.name)
  const made = (suffix: string, ports: readonly Publish[], spec: object, wishes = {}) => {
    if (ports.length === 0) return []
    const name = freeName(`${service.name}-${suffix}`, taken, digest)
    return [serviceObject(name, service, model, { ...spec, selector, ports: portsOf(ports) }, wishes)]
  }
  // Swarm takes any free port of 30000 and above, and so does Kubernetes.
  const others = made('any', any, { type: 'NodePort' })
  const type = service.phone ? { type: 'NodePort' } : { type: 'LoadBalancer', loadBalancerClass: EDGE_CLASS }
  const wishes = service.phone ? {} : service.wishes
  const local = { ...type, externalTrafficPolicy: 'Local' }
  // Each pod's own agent names the node that the pod is on.
  if (service.phone?.kind === 'sidecar') return [...made('published', fixed, local), ...others]
  const ingress = fixed.filter(({ host }) => !host)
  const host = fixed.filter((publish) => publish.host)
  return [
    ...made('published', ingress, { ...type, externalTrafficPolicy: 'Cluster' }, wishes),
    // `mode: host` opens a port on the nodes that run the service alone: that is what `Local` asks of the edge.
    ...made('host', host, local, wishes),
    ...others,
  ]
}

function portsOf(publishes: readonly Publish[]): object[] {
  const seen = new Map<string, object>()
  for (const { published: number, target, protocol, nodePort } of publishes) {
    const port = number || target
    const name = `${protocol.toLowerCase()}-${port}`
    seen.set(name, { name, port, protocol, targetPort: target, nodePort })
  }
  return [...seen.values()]
}
