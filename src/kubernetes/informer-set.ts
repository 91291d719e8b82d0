import type { ApiServer } from './api-server.ts'
import { Informer, type InformerOptions } from './informer.ts'
import type { OnChange, StoreView } from './object-store.ts'
import { StoreSet } from './store-set.ts'

export interface InformerSetOptions<T extends object> extends Omit<InformerOptions<T>, 'path'> {
  /** `/api/v1`, `/apis/discovery.k8s.io/v1`. */
  readonly group: string
  /** `services`. */
  readonly resource: string
  /** Only these: the right to see them is enough. All of the cluster where there are none. */
  readonly namespaces: readonly string[]
}

/** Keeps a copy of a kind of objects up to date: of the whole cluster, or of some namespaces, each on its own. */
export class InformerSet<T extends object> {
  readonly #informers: readonly Informer<T>[]
  /** Where they are named; empty where the whole cluster is watched. */
  readonly byNamespace: ReadonlyMap<string, Informer<T>>
  readonly store: StoreView<T>

  constructor(api: ApiServer, { group, resource, namespaces, ...options }: InformerSetOptions<T>) {
    const informer = (path: string) => new Informer(api, { ...options, path })
    if (namespaces.length === 0) {
      const whole = informer(`${group}/${resource}`)
      this.#informers = [whole]
      this.byNamespace = new Map()
      this.store = whole.store
      return
    }
    this.byNamespace = new Map(
      namespaces.map((name) => [name, informer(`${group}/namespaces/${name}/${resource}`)]),
    )
    this.#informers = [...this.byNamespace.values()]
    this.store = new StoreSet(new Map([...this.byNamespace].map(([name, { store }]) => [name, store])))
  }

  /** Resolves with true when everything was listed once; with false when it was stopped before. */
  get synced(): Promise<boolean> {
    return Promise.all(this.#informers.map(({ synced }) => synced)).then((all) => all.every(Boolean))
  }

  /** Calls `listener`, which must not throw, at each change from now on. */
  onChange(listener: OnChange<T>): void {
    for (const informer of this.#informers) informer.onChange(listener)
  }

  /** Lists and watches until the signal says to stop. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.run(signal)))
  }
}
