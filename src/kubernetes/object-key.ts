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

/**
 * Whether one resourceVersion of a collection is older than another. What is no number can't be compared: false. Kubernetes
 * promises that they are numbers that rise, from 1.35 on, and has kept it before.
 */
export function isOlder(one: string, other: string): boolean {
  return isNumber(one) && isNumber(other) && BigInt(one) < BigInt(other)
}

function isNumber(version: string): boolean {
  return /^\d{1,20}$/.test(version)
}
