import type { KubernetesObject } from './object.ts'

/** `masked` in base64. */
const MASK = 'bWFza2Vk'

/** The object as anybody may see it: of a Secret only what it is called and which keys it has. */
export function masked(object: KubernetesObject): KubernetesObject {
  const { kind, data } = object
  if (kind !== 'Secret' || typeof data !== 'object' || data === null) return object
  return { ...object, data: Object.fromEntries(Object.keys(data).map((key) => [key, MASK])) }
}
