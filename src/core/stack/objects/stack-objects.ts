import type { StackOptions } from '../model/options.ts'
import type { StackModel } from '../model/stack-model.ts'
import type { Digest } from '../names.ts'
import { accounts } from './accounts.ts'
import { claims } from './claims.ts'
import { files } from './files.ts'
import { ingresses } from './ingress.ts'
import { middlewares } from './middlewares.ts'
import { namespaceObject } from './namespace.ts'
import { networkPolicies } from './network-policies.ts'
import { inOrder, type KubernetesObject } from './object.ts'
import { phones } from './phones.ts'
import { services } from './services.ts'
import { waitRoles } from './waits.ts'
import { workload } from './workload.ts'

/** The objects of a stack, in the order in which they are applied. The same stack gives the same objects. */
export function stackObjects(model: StackModel, options: StackOptions, digest: Digest): KubernetesObject[] {
  const place = {
    ...model,
    digest,
    waitImage: options.waitImage,
    pullSecrets: options.pullSecrets,
    jobNames: new Map<string, string>(),
  }
  return inOrder([
    namespaceObject(model),
    ...networkPolicies(model, options, digest),
    ...accounts(model, digest),
    ...waitRoles(place),
    ...files(model),
    ...claims(model, options, digest),
    ...services(model, digest),
    ...model.services.map((service) => workload(service, place)),
    ...phones(model, options, digest),
    ...(options.ingress === 'traefik' ? middlewares(model) : []),
    ...ingresses(model, options, digest),
  ])
}
