import type { NodeObject, PodObject } from './objects.ts'

/**
 * A node as the pods on it show it, for who may not see Nodes; undefined where none is left. It counts as ready where one of
 * them is: of a node that is lost, Kubernetes marks every pod as not ready. Whether it is cordoned, excluded or about to be
 * removed, and its zone and external addresses, no pod says.
 */
export function nodeOfPods(name: string, pods: readonly PodObject[]): NodeObject | undefined {
  if (pods.length === 0) return undefined
  const ready = pods.filter((pod) => pod.ready)
  // Those that are not ready may be left over from an address that the node had before.
  const telling = [ready, pods].find((some) => some.some(({ addresses }) => addresses.length > 0)) ?? []
  const addresses = [...new Set(telling.flatMap((pod) => pod.addresses))].sort()
  return {
    name,
    addresses: addresses.map((address) => ({ type: 'InternalIP', address })),
    ready: ready.length > 0,
    deleting: false,
    unschedulable: false,
    excluded: false,
    autoscalerTaint: false,
  }
}
