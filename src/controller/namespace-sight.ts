import type { ApiFailed } from '../kubernetes/api-failed.ts'
import type { Informer } from '../kubernetes/informer.ts'

/** One kind of objects of one namespace. */
export type Sighted = Pick<Informer<object>, 'synced' | 'forbidden'>

/** Told of the namespaces that may not be seen, and of those that are seen at last. */
export interface OnSight {
  unseen(namespace: string, failure: ApiFailed): void
  seen(namespace: string): void
}

/** Which of the named namespaces are seen: one in which a right is missing must not keep the others from being served. */
export class NamespaceSight {
  readonly #watched: ReadonlyMap<string, readonly Sighted[]>
  readonly #unseen = new Set<string>()
  #listener: OnSight = { unseen: () => {}, seen: () => {} }

  /** @param watched what of each namespace has to be seen; empty where the whole cluster is. */
  constructor(watched: ReadonlyMap<string, readonly Sighted[]>) {
    this.#watched = watched
  }

  get isNamed(): boolean {
    return this.#watched.size > 0
  }

  isUnseen(namespace: string): boolean {
    return this.#unseen.has(namespace)
  }

  onChange(listener: OnSight): void {
    this.#listener = listener
  }

  /** Resolves with true when each namespace was seen or refused; with false when it was stopped before. */
  async settled(): Promise<boolean> {
    const all = await Promise.all([...this.#watched].map(([name, kinds]) => this.#settle(name, kinds)))
    return all.every(Boolean)
  }

  async #settle(namespace: string, kinds: readonly Sighted[]): Promise<boolean> {
    const seen = Promise.all(kinds.map(({ synced }) => synced)).then((all) => all.every(Boolean))
    const failure = await Promise.race([seen, ...kinds.map(({ forbidden }) => forbidden)])
    if (typeof failure === 'boolean') return failure
    this.#unseen.add(namespace)
    this.#listener.unseen(namespace, failure)
    void seen.then((isSeen) => {
      if (!isSeen) return
      this.#unseen.delete(namespace)
      this.#listener.seen(namespace)
    })
    return true
  }
}

/** Of a Service's key, or the owner of a claim: `namespace/name`. */
export function namespaceOf(key: string): string {
  return key.slice(0, key.indexOf('/'))
}
