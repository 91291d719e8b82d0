import type { NodeObject } from '../core/kubernetes/objects.ts'
import type { StoreView } from '../kubernetes/object-store.ts'
import type { Sighted } from './namespace-sight.ts'

/** How the controller knows the cluster's nodes. */
export interface NodeWatch {
  readonly store: StoreView<NodeObject>
  /** Resolves with true when all was seen once, with false when it was stopped before. */
  readonly synced: Promise<boolean>
  /** Where the nodes are known from the pods of some namespaces. */
  readonly byNamespace: ReadonlyMap<string, Sighted>
  onChange(listener: () => void): void
  run(stop: AbortSignal): Promise<void>
}
