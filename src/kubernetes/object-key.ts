import { fieldsOf, textOf } from './fields.ts'

/** `namespace/name`, or the name alone of what lies in no namespace; nothing for what is no object of Kubernetes. */
export function keyOf(object: unknown): string | undefined {
  const { namespace, name } = fieldsOf(fieldsOf(object)['metadata'])
  if (typeof name !== 'string' || name === '') return undefined
  return textOf(namespace) === '' ? name : `${namespace}/${name}`
}

/** The state of the cluster's data that an object or a list shows; empty where it says none. */
export function resourceVersionOf(object: unknown): string {
  return textOf(fieldsOf(fieldsOf(object)['metadata'])['resourceVersion'])
}
