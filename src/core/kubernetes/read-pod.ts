import * as read from './fields.ts'
import type { PodObject } from './objects.ts'

/** It has ended, and says nothing of its node any more. */
const ENDED: readonly unknown[] = ['Succeeded', 'Failed']

/** The Pod that the API server sent, or undefined where it runs on no node. */
export function readPod(raw: unknown): PodObject | undefined {
  const object = read.fieldsOf(raw)
  const status = read.objectField(object, 'status')
  const node = read.nameField(read.objectField(object, 'spec'), 'nodeName')
  if (!node || ENDED.includes(read.field(status, 'phase'))) return undefined
  // `hostIPs` has one of each family; clusters before 1.30 may have only the other one.
  const hostIp = read.nameField(status, 'hostIP')
  const hostIps = read.objectsField(status, 'hostIPs').flatMap((one) => read.nameField(one, 'ip') ?? [])
  return {
    node,
    addresses: [...new Set(hostIp ? [hostIp, ...hostIps] : hostIps)].sort(),
    ready: read
      .objectsField(status, 'conditions')
      .some((one) => read.field(one, 'type') === 'Ready' && read.field(one, 'status') === 'True'),
  }
}
