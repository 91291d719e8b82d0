import { type ApiFailed, asApiFailed } from './api-failed.ts'
import type { ApiServer } from './api-server.ts'
import { pauseAfter } from './backoff.ts'
import { type Clock, systemClock } from './clock.ts'
import { expired, isExpired, list } from './list.ts'
import { isOlder, keyOf, resourceVersionOf } from './object-key.ts'
import { type IndexBy, ObjectStore, type OnChange } from './object-store.ts'
import { LASTS_S, type WatchEvent, watch } from './watch.ts'

const BACKOFF = { first: 500, most: 30_000 } as const

/** Milliseconds that a watch must last to count as one that went well, though nothing was heard on it. */
const LASTING = 5_000

export interface InformerOptions<T extends object> {
  /** Of a collection: `/api/v1/services` for all namespaces, `/api/v1/namespaces/a/services` for one. */
  readonly path: string
  /** `labelSelector`, `fieldSelector`. */
  readonly query?: Readonly<Record<string, string>>
  /**
   * What is kept of an object, undefined for one that is not kept. It never throws. What it leaves out takes no memory, and a
   * change of that alone tells nobody anything: leave out the resourceVersion.
   */
  readonly read: (raw: unknown) => T | undefined
  readonly indexBy?: IndexBy<T>
  /** Told when listing or watching fails; it goes on by itself. */
  readonly onFault?: (failure: ApiFailed) => void
  readonly clock?: Clock
  /** From 0 to 1. */
  readonly random?: () => number
  /** Objects of one page of a list. */
  readonly limit?: number
  /** As `watch` takes them. */
  readonly silence?: number
  readonly lasts?: number
}

/** Keeps a copy of a collection up to date: a list once, then a watch that goes on where the last one ended. */
export class Informer<T extends object> {
  readonly #api: ApiServer
  readonly #options: InformerOptions<T>
  readonly #clock: Clock
  readonly #random: () => number
  readonly #listeners = new Set<OnChange<T>>()
  readonly #firstList = Promise.withResolvers<boolean>()
  readonly #forbidden = Promise.withResolvers<ApiFailed>()
  /** What is known now. */
  readonly store: ObjectStore<T>
  /** Up to where it is known; empty when the collection must be listed. */
  #version = ''
  /** The last watch ended before its time. */
  #isCut = false
  #failures = 0
  #lastHeard: number | undefined

  constructor(api: ApiServer, options: InformerOptions<T>) {
    this.#api = api
    this.#options = options
    this.#clock = options.clock ?? systemClock
    this.#random = options.random ?? Math.random
    this.store = new ObjectStore<T>((key, before, after) => {
      for (const listener of this.#listeners) listener(key, before, after)
    }, options.indexBy)
  }

  /** Resolves with true when everything was listed once; with false when it was stopped before. */
  get synced(): Promise<boolean> {
    return this.#firstList.promise
  }

  /** Resolves when the right to see the collection is found missing for the first time; never, where it is not. */
  get forbidden(): Promise<ApiFailed> {
    return this.#forbidden.promise
  }

  /** When the API server was last heard on this, in the clock's milliseconds: a page, an event, a bookmark, a new watch. */
  get lastHeard(): number | undefined {
    return this.#lastHeard
  }

  /** Calls `listener`, which must not throw, at each change from now on; the result ends that. */
  onChange(listener: OnChange<T>): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Lists and watches until the signal says to stop. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        if (this.#isCut && this.#version !== '') await this.#look(signal)
        if (this.#version === '') await this.#list(signal)
        await this.#watch(signal)
      } catch (error) {
        if (!signal.aborted) this.#fail(asApiFailed(error))
      }
      if (this.#failures > 0) await this.#clock.sleep(this.#pause(), signal)
    }
    this.#firstList.resolve(false)
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { path, query, limit } = this.#options
    const seen = new Set<string>()
    const version = await list(
      this.#api,
      { path, signal, ...(query && { query }), ...(limit !== undefined && { limit }) },
      (object) => {
        this.#lastHeard = this.#clock.now()
        const key = keyOf(object)
        if (key === undefined) return
        seen.add(key)
        this.store.set(key, this.#options.read(object))
      },
    )
    this.store.retain(seen)
    this.#lastHeard = this.#clock.now()
    this.#version = version
    this.#firstList.resolve(true)
  }

  /**
   * Whether the API server is back in the past, restored from a backup. A watch would not tell: it is silent, without an event or a
   * bookmark, until the cluster has counted up to where we were.
   */
  async #look(signal: AbortSignal): Promise<void> {
    const { path, query } = this.#options
    const page = await this.#api.request({ method: 'GET', path, query: { ...query, limit: 1 }, signal })
    this.#isCut = false
    if (isOlder(resourceVersionOf(page), this.#version)) this.#version = ''
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { path, query, silence, lasts = LASTS_S } = this.#options
    const started = this.#clock.now()
    this.#isCut = true
    await watch(
      this.#api,
      {
        path,
        resourceVersion: this.#version,
        signal,
        random: this.#random(),
        ...(query && { query }),
        ...(silence !== undefined && { silence }),
        lasts,
        onOpen: () => {
          this.#lastHeard = this.#clock.now()
        },
      },
      (event) => this.#hear(event),
    )
    this.#isCut = this.#clock.now() - started < lasts * 1000
    // One that ends as soon as it begins, again and again, must not become a storm.
    if (this.#clock.now() - started >= LASTING) this.#failures = 0
    else this.#failures++
  }

  #hear({ type, object }: WatchEvent): void {
    this.#failures = 0
    this.#lastHeard = this.#clock.now()
    const version = resourceVersionOf(object)
    if (isOlder(version, this.#version)) throw expired()
    if (version !== '') this.#version = version
    const key = keyOf(object)
    if (key === undefined || type === 'BOOKMARK') return
    this.store.set(key, type === 'DELETED' ? undefined : this.#options.read(object))
  }

  #fail(failure: ApiFailed): void {
    this.#failures++
    if (failure.status === 403) this.#forbidden.resolve(failure)
    if (isExpired(failure)) this.#version = ''
    else this.#options.onFault?.(failure)
  }

  #pause(): number {
    return pauseAfter(this.#failures, BACKOFF, this.#random())
  }
}
