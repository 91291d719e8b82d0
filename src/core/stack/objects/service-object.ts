import type { ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type KubernetesObject, some } from './object.ts'
import { serviceLabels } from './workload.ts'

/** A Service that belongs to a service of the stack. */
export function serviceObject(
  name: string,
  service: ServiceModel,
  { namespace }: StackModel,
  spec: object,
  annotations: Readonly<Record<string, string>> = {},
): KubernetesObject {
  const labels = serviceLabels(service, namespace)
  const metadata = { name, namespace, labels, annotations: some(annotations) }
  return { apiVersion: 'v1', kind: 'Service', metadata, spec }
}
