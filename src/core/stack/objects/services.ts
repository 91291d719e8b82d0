import type { Port, ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import type { Digest } from '../names.ts'

import { aliasLabel, podSelector, STACK } from './labels.ts'
import type { KubernetesObject } from './object.ts'
import { published } from './published.ts'
import { serviceObject } from './service-object.ts'

/** Every name of a service resolves, and every port that it publishes is a claim of the edge. */
export function services(model: StackModel, digest: Digest): KubernetesObject[] {
  const taken = new Set([
    ...model.services.flatMap(({ name, aliases }) => [name, ...aliases]),
    ...model.tasksOf.values(),
  ])
  const own = model.services.flatMap((service) => [
    named(service, model),
    ...tasks(service, model),
    ...published(service, model, taken, digest),
  ])
  return [...own, ...aliases(model), ...foreign(model)]
}

/** Inside, the ports are those that the service listens on; where none is known, its name leads to all of them. */
function named(service: ServiceModel, model: StackModel): KubernetesObject {
  const selector = podSelector(model.namespace, service.name)
  const spec = service.headless ? { clusterIP: 'None', selector } : { selector }
  return serviceObject(service.name, service, model, {
    ...spec,
    ipFamilyPolicy: 'PreferDualStack',
    ports: servicePorts(service.ports),
  })
}

/** `tasks.NAME` of Swarm: the addresses of all tasks, also of those that are not ready. */
function tasks(service: ServiceModel, model: StackModel): KubernetesObject[] {
  const name = model.tasksOf.get(service.key)
  if (name === undefined) return []
  const selector = podSelector(model.namespace, service.name)
  const spec = {
    clusterIP: 'None',
    publishNotReadyAddresses: true,
    selector,
    ports: servicePorts(service.ports),
  }
  return [serviceObject(name, service, model, spec)]
}

function servicePorts(ports: readonly Port[]): object[] | undefined {
  if (ports.length === 0) return undefined
  return ports.map(({ port, protocol }) => ({
    name: `${protocol.toLowerCase()}-${port}`,
    port,
    protocol,
    targetPort: port,
  }))
}

/** A name that several services may have: it leads to all that carry its label. */
function aliases(model: StackModel): KubernetesObject[] {
  const owners = new Map<string, ServiceModel[]>()
  for (const service of model.services) {
    for (const alias of service.aliases) owners.set(alias, [...(owners.get(alias) ?? []), service])
  }
  return [...owners].flatMap(([alias, [first, ...others]]) => {
    if (first === undefined) return []
    const selector = { [STACK]: model.namespace, [aliasLabel(alias)]: '' }
    // The ports of one are not those of the other: then the name leads to all ports.
    const headless = first.headless || others.length > 0
    const spec = headless ? { clusterIP: 'None', selector } : { selector, ports: servicePorts(first.ports) }
    return [serviceObject(alias, first, model, spec)]
  })
}

/** A service of another stack on a shared network, under the name that it has there. */
function foreign(model: StackModel): KubernetesObject[] {
  return model.foreign.map(({ name, namespace }) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name,
      namespace: model.namespace,
      labels: { 'app.kubernetes.io/managed-by': 'homeport', [STACK]: model.namespace },
    },
    spec: { type: 'ExternalName', externalName: `${name}.${namespace}.svc.cluster.local` },
  }))
}
