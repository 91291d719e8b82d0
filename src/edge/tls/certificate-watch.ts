import type { Log } from '../../log.ts'
import type { Credentials } from './credentials.ts'

export interface CertificateWatchParts {
  /** What the edge started with. */
  readonly first: Credentials
  /** What the files hold now; given what they held last. Rejects where that cannot be used. */
  readonly read: (known: Credentials) => Promise<Credentials>
  readonly log: Log
}

/** The API's certificate and key, through all renewals. What cannot be used leaves the one before in place. */
export class CertificateWatch {
  readonly #parts: CertificateWatchParts
  #current: Credentials
  #fault: string | undefined

  constructor(parts: CertificateWatchParts) {
    this.#parts = parts
    this.#current = parts.first
  }

  get current(): Credentials {
    return this.#current
  }

  /** Why the files cannot be used, while they cannot. */
  get fault(): string | undefined {
    return this.#fault
  }

  /** Looks every so many ms, and tells of what is new. Returns the way to stop. */
  follow(every: number, onRenewed: (credentials: Credentials) => void): () => void {
    const looking = setInterval(() => void this.look(onRenewed), every)
    return () => clearInterval(looking)
  }

  /** Look once. A pair of which only one half is written yet is found whole at the next look. */
  async look(onRenewed: (credentials: Credentials) => void): Promise<void> {
    const { read, log } = this.#parts
    try {
      const before = this.#current
      const found = await read(before)
      this.#fault = undefined
      if (found.key === before.key && found.cert === before.cert) return
      this.#current = found
      log.info({ fingerprint: found.fingerprint }, 'the certificate was renewed')
      onRenewed(found)
    } catch (error) {
      const fault = error instanceof Error ? error.message : String(error)
      if (fault !== this.#fault) {
        log.warn({ detail: fault }, 'the certificate cannot be used; the one before stays')
      }
      this.#fault = fault
    }
  }
}
