import type { NodeObject } from '../core/kubernetes/objects.ts'
import type { StoreView } from '../kubernetes/object-store.ts'

/** How the controller knows the cluster's nodes. */
export interface NodeWatch {
  readonly store: StoreView<NodeObject>
  /** Resolves with true when all was seen once, with false when it was stopped before. */
  readonly synced: Promise<boolean>
  onChange(listener: () => void): void
  run(stop: AbortSignal): Promise<void>
}
