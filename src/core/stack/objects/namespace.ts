import type { StackModel } from '../model/stack-model.ts'
import { stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** A stack is a namespace: what is in it goes with it. */
export function namespaceObject({ namespace, stackName }: StackModel): KubernetesObject {
  const annotations = { 'homeport.dev/stack-name': stackName }
  return {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace, labels: stackLabels(namespace), annotations },
  }
}
