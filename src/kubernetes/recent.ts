/** The things that were asked for last, by key; the oldest are forgotten. */
export class Recent<T> {
  readonly #most: number
  readonly #things = new Map<string, T>()

  constructor(most: number) {
    this.#most = most
  }

  get(key: string, make: () => T): T {
    const thing = this.#things.get(key) ?? make()
    this.#things.delete(key)
    this.#things.set(key, thing)
    const [oldest] = this.#things.keys()
    if (this.#things.size > this.#most && oldest !== undefined) this.#things.delete(oldest)
    return thing
  }
}
