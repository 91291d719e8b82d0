import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import type { ApiFailed } from '../kubernetes/api-failed.ts'
import type { LeaderElection } from '../kubernetes/leader-election.ts'
import type { Leading } from '../kubernetes/term.ts'
import type { ClusterView } from './cluster-view.ts'
import type { ClusterWatch } from './cluster-watch.ts'
import { Tenure, type TenureParts } from './tenure.ts'

export interface ControllerParts extends Omit<TenureParts, 'sight'> {
  readonly watch: ClusterWatch
  readonly view: ClusterView
  readonly rules: ControllerRules
  /** Told of a namespace that it may not see. */
  readonly onUnseen: (namespace: string, failure: ApiFailed) => void
  readonly onTerm: (fence: number | undefined) => void
}

/**
 * Watches the cluster always, so that it can lead at once, and keeps the edges told while it leads.
 */
export class Controller {
  readonly #parts: ControllerParts
  #tenure: Tenure | undefined
  #over: Promise<void> = Promise.resolve()
  #isSynced = false

  constructor(parts: ControllerParts) {
    const { watch, view, onUnseen } = parts
    this.#parts = parts
    watch.onChange({
      serviceChanged: (key) => this.#tenure?.serviceChanged(key),
      nodesChanged: () => {
        view.nodesChanged()
        this.#tenure?.nodesChanged()
      },
    })
    watch.sight.onChange({
      unseen: onUnseen,
      seen: (namespace) => this.#tenure?.namespaceSeen(namespace),
    })
  }

  /** Whether it has seen the cluster, so that it could lead. */
  get ready(): boolean {
    return this.#isSynced
  }

  get leads(): boolean {
    return this.#tenure !== undefined
  }

  /** Runs until it is told to stop. */
  async run(election: Pick<LeaderElection, 'run'>, stop: AbortSignal): Promise<void> {
    const watching = this.#parts.watch.run(stop)
    // Who has not seen the whole cluster must not lead: what its document left out would be released. Of namespaces that it may
    // not see, it asks the edges first.
    this.#isSynced = await this.#parts.watch.synced()
    if (this.#isSynced) await election.run(stop)
    await watching
    await this.#over
  }

  /** This one leads from now on; to be called by the election. */
  begin(leading: Leading): void {
    const tenure = new Tenure({ ...this.#parts, sight: this.#parts.watch.sight }, leading)
    this.#tenure = tenure
    this.#parts.onTerm(leading.fence)
    this.#over = tenure.run()
  }

  /** It leads no longer. Resolves when nothing of the term is under way. */
  async end(): Promise<void> {
    this.#tenure = undefined
    this.#parts.onTerm(undefined)
    await this.#over
  }
}
