import { nodeOfPods } from '../core/kubernetes/node-of-pods.ts'
import type { NodeObject, PodObject } from '../core/kubernetes/objects.ts'
import { readPod } from '../core/kubernetes/read-pod.ts'
import type { ApiFailed } from '../kubernetes/api-failed.ts'
import type { ApiServer } from '../kubernetes/api-server.ts'
import { InformerSet } from '../kubernetes/informer-set.ts'
import { ObjectStore } from '../kubernetes/object-store.ts'
import type { Sighted } from './namespace-sight.ts'
import type { NodeWatch } from './node-watch.ts'

/** The nodes as the pods of some namespaces show them: no Role gives the right to see Nodes. */
export class PodNodes implements NodeWatch {
  readonly #pods: InformerSet<PodObject>
  readonly store: ObjectStore<NodeObject>
  #onChange = () => {}

  constructor(api: ApiServer, namespaces: readonly string[], onFault: (failure: ApiFailed) => void) {
    this.store = new ObjectStore<NodeObject>(() => this.#onChange())
    this.#pods = new InformerSet(api, {
      group: '/api/v1',
      resource: 'pods',
      namespaces,
      read: readPod,
      indexBy: ({ node }) => [node],
      onFault,
    })
    this.#pods.onChange((_, before, after) => {
      for (const name of new Set([before?.node, after?.node])) if (name !== undefined) this.#look(name)
    })
  }

  get synced(): Promise<boolean> {
    return this.#pods.synced
  }

  get byNamespace(): ReadonlyMap<string, Sighted> {
    return this.#pods.byNamespace
  }

  onChange(listener: () => void): void {
    this.#onChange = listener
  }

  async run(stop: AbortSignal): Promise<void> {
    await this.#pods.run(stop)
  }

  /** Most pods that come and go change nothing of their node. */
  #look(name: string): void {
    const { store } = this.#pods
    const pods = [...store.keysBy(name)].flatMap((key) => store.get(key) ?? [])
    this.store.set(name, nodeOfPods(name, pods))
  }
}
