import type { networkInterfaces } from 'node:os'
import { canonicalAddress } from '../core/address/address.ts'

/** How long a list is believed, ms: a machine's addresses change seldom, and a claim is read often. */
const BELIEVED = 5_000

/**
 * The addresses by which the edge reaches itself: its interfaces' and those that the operator names. Looked at anew now
 * and then, since a VM may get an address while the daemon runs.
 */
export class OwnAddresses {
  readonly #interfaces: typeof networkInterfaces
  readonly #public: readonly string[]
  readonly #now: () => number
  #known: ReadonlySet<string> = new Set()
  #looked = Number.NEGATIVE_INFINITY

  /** @param now a clock that never steps, ms */
  constructor(interfaces: typeof networkInterfaces, publicAddresses: readonly string[], now: () => number) {
    this.#interfaces = interfaces
    this.#public = publicAddresses
    this.#now = now
  }

  /** Canonical. */
  list(): ReadonlySet<string> {
    if (this.#now() - this.#looked < BELIEVED) return this.#known
    this.#looked = this.#now()
    const found = Object.values(this.#interfaces()).flatMap((infos) => infos ?? [])
    const addresses = found.flatMap(({ address }) => canonicalAddress(address.split('%')[0] ?? '') ?? [])
    this.#known = new Set([...addresses, ...this.#public])
    return this.#known
  }
}
