import type { StackModel } from '../model/stack-model.ts'
import { stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'

export function middlewares({ middlewares: all, namespace }: StackModel): KubernetesObject[] {
  return all.map(({ name, spec }) => ({
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'Middleware',
    metadata: { name, namespace, labels: stackLabels(namespace) },
    spec,
  }))
}
