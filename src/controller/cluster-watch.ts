import type { NodeObject, ServiceKey, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'
import { readNode } from '../core/kubernetes/read-node.ts'
import { readService } from '../core/kubernetes/read-service.ts'
import { readSlice } from '../core/kubernetes/read-slice.ts'
import { nodeHealthPort } from '../core/kubernetes/service-class.ts'
import type { ApiFailed } from '../kubernetes/api-failed.ts'
import type { ApiServer } from '../kubernetes/api-server.ts'
import { Informer } from '../kubernetes/informer.ts'
import { InformerSet } from '../kubernetes/informer-set.ts'
import type { Stores } from './cluster-view.ts'
import { NamespaceSight } from './namespace-sight.ts'
import type { NodeWatch } from './node-watch.ts'
import { PodNodes } from './pod-nodes.ts'

export interface ClusterWatchOptions {
  readonly api: ApiServer
  /** Whose writes are this controller's. */
  readonly fieldManager: string
  /** Only these, so that Roles are enough; all where there are none. */
  readonly namespaces: readonly string[]
  /** The Service by which one sees that nodes live. */
  readonly nodeHealth: ServiceKey
  /** Told of each list or watch that fails; it goes on by itself. */
  readonly onFault: (what: string, failure: ApiFailed) => void
}

/** Told what changed, in terms of the Services that it concerns. */
export interface OnClusterChange {
  serviceChanged(key: ServiceKey): void
  /** Or how one sees that they live. */
  nodesChanged(): void
}

/** The nodes of the whole cluster. */
class NodeInformer extends Informer<NodeObject> implements NodeWatch {
  readonly byNamespace = new Map()
}

/** What is watched of a cluster: Services, their EndpointSlices, and Nodes. */
export class ClusterWatch {
  readonly #services: InformerSet<ServiceObject>
  readonly #slices: InformerSet<SliceObject>
  readonly #nodes: NodeWatch
  readonly #nodeHealth: ServiceKey
  readonly sight: NamespaceSight

  constructor({ api, fieldManager, namespaces: named, onFault, nodeHealth }: ClusterWatchOptions) {
    this.#nodeHealth = nodeHealth
    const fault = (what: string) => (failure: ApiFailed) => onFault(what, failure)
    const namespaces = [...new Set(named)]
    this.#services = new InformerSet(api, {
      ...{ group: '/api/v1', resource: 'services', namespaces },
      read: (raw) => readService(raw, fieldManager),
      onFault: fault('services'),
    })
    this.#slices = new InformerSet(api, {
      ...{ group: '/apis/discovery.k8s.io/v1', resource: 'endpointslices', namespaces },
      read: readSlice,
      indexBy: ({ service }) => [service],
      onFault: fault('endpointslices'),
    })
    this.#nodes =
      namespaces.length === 0
        ? new NodeInformer(api, { path: '/api/v1/nodes', read: readNode, onFault: fault('nodes') })
        : new PodNodes(api, namespaces, fault('pods'))
    const watched = [this.#services, this.#slices, this.#nodes]
    this.sight = new NamespaceSight(
      new Map(namespaces.map((name) => [name, watched.flatMap((one) => one.byNamespace.get(name) ?? [])])),
    )
  }

  get stores(): Stores {
    return { services: this.#services.store, slices: this.#slices.store, nodes: this.#nodes.store }
  }

  /**
   * Resolves with true when the whole cluster was seen once, but for named namespaces that may not be seen; with false when it was
   * stopped before.
   */
  async synced(): Promise<boolean> {
    if (this.sight.isNamed) return await this.sight.settled()
    const all = await Promise.all([this.#services.synced, this.#slices.synced, this.#nodes.synced])
    return all.every(Boolean)
  }

  onChange(listener: OnClusterChange): void {
    this.#services.onChange((key, before, after) => {
      listener.serviceChanged(key)
      if (key === this.#nodeHealth && nodeHealthPort(before) !== nodeHealthPort(after))
        listener.nodesChanged()
    })
    this.#slices.onChange((_, before, after) => {
      for (const key of new Set([before?.service, after?.service])) if (key) listener.serviceChanged(key)
    })
    this.#nodes.onChange(() => listener.nodesChanged())
  }

  async run(stop: AbortSignal): Promise<void> {
    await Promise.all([this.#services, this.#slices, this.#nodes].map((watched) => watched.run(stop)))
  }
}
