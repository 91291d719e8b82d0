import type { Regarding } from '../kubernetes/event-series.ts'

/**
 * What Events about the controller itself are about: the Lease of its election, which all replicas share. Its uid changes
 * when it is made anew, and none is needed to find it by its name.
 */
export function leaseRegarding(namespace: string, name: string): Regarding {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name, uid: '' }
}
