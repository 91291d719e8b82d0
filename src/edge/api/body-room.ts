import { RequestRefused } from '../request-refused.ts'

/** Bytes of a body that needs no place: as many at once as there may be connections take 64 MB. */
export const SMALL_BODY = 16_384

/** Bytes of all large bodies together. Reading one takes some ten times its bytes. */
const ROOM = 32 * 1024 * 1024

/**
 * Room for large bodies, from before they arrive until they are answered: one of each token, and all together no more than
 * so many bytes. Small ones are always let in, so that whoever wants little never waits for those who want much.
 */
export class BodyRoom {
  readonly #tokens = new Set<string>()
  readonly #bytes: number
  #taken = 0

  /** @param bytes of all bodies together */
  constructor(bytes = ROOM) {
    this.#bytes = bytes
  }

  /**
   * A place for a large body of `bytes` that comes with a token.
   * @throws RequestRefused `edge-busy`
   */
  enter(token: string, bytes: number): BodyPlace {
    if (this.#tokens.has(token)) {
      throw new RequestRefused('edge-busy', `a large document of the token ${token} is in work already`)
    }
    if (this.#taken + bytes > this.#bytes) {
      throw new RequestRefused('edge-busy', `documents of ${this.#taken} bytes are in work already`)
    }
    this.#tokens.add(token)
    this.#taken += bytes
    return new BodyPlace(() => {
      this.#tokens.delete(token)
      this.#taken -= bytes
    })
  }
}

/** A body's place. Whoever sent it may be gone while it is in work still. */
export class BodyPlace {
  #leave: (() => void) | undefined
  #inWork = false

  constructor(leave: () => void) {
    this.#leave = leave
  }

  /** The body is in work until `leave`, whether or not its caller waits. */
  work(): void {
    this.#inWork = true
  }

  /** The connection is done with the body. */
  hangUp(): void {
    if (!this.#inWork) this.leave()
  }

  /** Once or more: nobody has the body any more. */
  leave(): void {
    this.#leave?.()
    this.#leave = undefined
  }
}
