import type { OwnerKey } from '../owner.ts'
import type { PortKey, Route } from '../route.ts'

/** Whose settings run at a port that was given to another owner, or to none, since they were loaded. */
export class LastOwners {
  readonly #owners = new Map<PortKey, OwnerKey>()

  /** A port that changes hands keeps the settings of its last owner until others are loaded. */
  note(before: Route | undefined, after: Route | undefined): void {
    if (before && !this.#owners.has(before.key)) this.#owners.set(before.key, before.owner)
    if (after && this.#owners.get(after.key) === after.owner) this.#owners.delete(after.key)
  }

  /** Whether the settings that run there are another owner's. */
  has(key: PortKey): boolean {
    return this.#owners.has(key)
  }

  /** @param isPending Whether a port has not all that its owner wants: where it has, the settings are its own. */
  settle(isPending: (key: PortKey) => boolean): void {
    for (const key of this.#owners.keys()) if (!isPending(key)) this.#owners.delete(key)
  }
}
