import { base64, textOf } from '../model/content.ts'
import type { FileObject, StackModel } from '../model/stack-model.ts'
import { stackLabels } from './labels.ts'
import type { KubernetesObject } from './object.ts'

/** The ConfigMaps and Secrets. They never change, and Kubernetes need not watch them. */
export function files({ files: all, namespace }: StackModel): KubernetesObject[] {
  return all.map((file) => ({
    apiVersion: 'v1',
    kind: file.kind,
    metadata: { name: file.name, namespace, labels: stackLabels(namespace) },
    immutable: true,
    ...(file.kind === 'Secret' ? { type: 'Opaque', data: encoded(file) } : content(file)),
  }))
}

function encoded({ entries }: FileObject): Record<string, string> {
  return Object.fromEntries([...entries].map(([key, bytes]) => [key, base64(bytes)]))
}

function content({ entries }: FileObject): object {
  const texts = [...entries].map(([key, bytes]) => [key, textOf(bytes)] as const)
  const data = texts.filter(([, text]) => text !== undefined)
  const binary = [...entries].filter(([key]) => !data.some(([other]) => other === key))
  return {
    ...(data.length > 0 && { data: Object.fromEntries(data) }),
    ...(binary.length > 0 && {
      binaryData: Object.fromEntries(binary.map(([key, bytes]) => [key, base64(bytes)])),
    }),
  }
}
