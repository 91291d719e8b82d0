import type { Caller, Release } from './caller.ts'
import type { Pair } from './pairing.ts'
import { standingOf, type Verdict } from './verdict.ts'

export interface RotatingCallerOptions {
  /** The edge with its token, as they are now. */
  readonly pair: () => Pair
  readonly callerFor: (pair: Pair) => Caller
  /** Whether another token may come: then a refusal that another token mends is worth waiting. */
  readonly mayChange: boolean
}

const MENDED_BY_TOKEN = ['token-missing', 'token-unknown', 'token-expired', 'outside-scope', 'edge-untrusted']

/** Calls with the newest token; what an older one claimed is given up once the newer one's claims are live. */
export class RotatingCaller implements Caller {
  readonly #options: RotatingCallerOptions
  #token: string
  #current: Caller
  #previous: Caller | undefined

  constructor(options: RotatingCallerOptions) {
    const pair = options.pair()
    this.#options = options
    this.#token = pair.token
    this.#current = options.callerFor(pair)
  }

  async call(signal: AbortSignal): Promise<Verdict> {
    this.#rotate()
    const verdict = await this.#current.call(signal)
    if (standingOf(verdict) === 'live') await this.#giveUpPrevious(signal)
    return this.#options.mayChange ? patient(verdict) : verdict
  }

  async release(signal: AbortSignal): Promise<Release> {
    await this.#giveUpPrevious(signal)
    return this.#current.release(signal)
  }

  reset(): void {
    this.#current.reset()
  }

  close(): void {
    this.#previous?.close()
    this.#current.close()
  }

  #rotate(): void {
    const pair = this.#options.pair()
    if (pair.token === this.#token) return
    this.#previous?.close()
    this.#previous = this.#current
    this.#token = pair.token
    this.#current = this.#options.callerFor(pair)
  }

  /** Where the old token is no longer known, its document lapses by itself. */
  async #giveUpPrevious(signal: AbortSignal): Promise<void> {
    const previous = this.#previous
    this.#previous = undefined
    await previous?.release(signal)
    previous?.close()
  }
}

function patient(verdict: Verdict): Verdict {
  if (verdict.kind !== 'refused' || !MENDED_BY_TOKEN.includes(verdict.refusal.code)) return verdict
  return { ...verdict, refusal: { ...verdict.refusal, permanent: false } }
}
