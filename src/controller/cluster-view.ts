import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import { type NodePool, nodePool } from '../core/kubernetes/node-pool.ts'
import type { NodeObject, ServiceKey, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'
import { nodeHealthPort } from '../core/kubernetes/service-class.ts'
import type { StoreView } from '../kubernetes/object-store.ts'

export interface Stores {
  readonly services: StoreView<ServiceObject>
  /** Indexed by the Service that each slice belongs to. */
  readonly slices: StoreView<SliceObject>
  readonly nodes: StoreView<NodeObject>
}

/** The cluster as the informers know it, in the pieces that claims are made of. */
export class ClusterView {
  readonly #stores: Stores
  readonly #rules: ControllerRules
  #pool: NodePool | undefined

  constructor(stores: Stores, rules: ControllerRules) {
    this.#stores = stores
    this.#rules = rules
  }

  service(key: ServiceKey): ServiceObject | undefined {
    return this.#stores.services.get(key)
  }

  services(): Iterable<[key: ServiceKey, service: ServiceObject]> {
    return this.#stores.services.entries()
  }

  /** The EndpointSlices of a Service. */
  slices(key: ServiceKey): SliceObject[] {
    const { slices } = this.#stores
    return [...slices.keysBy(key)].flatMap((slice) => slices.get(slice) ?? [])
  }

  /** The nodes, and how one sees that they live: prepared once for all Services. */
  get pool(): NodePool {
    this.#pool ??= nodePool(
      [...this.#stores.nodes.entries()].map(([, node]) => node),
      this.#rules,
      nodeHealthPort(this.service(this.#rules.nodeHealthService)),
    )
    return this.#pool
  }

  nodesChanged(): void {
    this.#pool = undefined
  }

  /** What a write has made of a Service, before the watch tells it; where the watch was faster, it knows better. */
  learn(before: ServiceObject, after: ServiceObject): void {
    if (this.#stores.services.get(before.key) === before) this.#stores.services.set(before.key, after)
  }
}
