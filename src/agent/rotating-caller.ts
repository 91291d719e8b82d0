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

/** A token, with the way to call by it. */
interface Way {
  readonly pair: Pair
  readonly caller: Caller
}

/** Calls with the newest token; what older ones claimed is given up once the newest one's claims are live. */
export class RotatingCaller implements Caller {
  readonly #options: RotatingCallerOptions
  #current: Way
  /** Of tokens that were there before, and whose claims the edge may hold still. */
  #former: readonly Way[] = []

  constructor(options: RotatingCallerOptions) {
    const pair = options.pair()
    this.#options = options
    this.#current = { pair, caller: options.callerFor(pair) }
  }

  async call(signal: AbortSignal): Promise<Verdict> {
    this.#rotate()
    const verdict = await this.#current.caller.call(signal)
    if (standingOf(verdict) === 'live') await this.#releaseFormer(signal)
    return this.#options.mayChange ? patient(verdict) : verdict
  }

  async release(signal: AbortSignal): Promise<Release> {
    const { caller } = this.#current
    const [release] = await Promise.all([caller.release(signal), this.#releaseFormer(signal)])
    return release
  }

  reset(): void {
    this.#current.caller.reset()
  }

  close(): void {
    for (const { caller } of [...this.#former, this.#current]) caller.close()
  }

  #rotate(): void {
    const pair = this.#options.pair()
    if (pair.token === this.#current.pair.token) return
    const ways = [...this.#former, this.#current]
    const back = ways.find((way) => way.pair.token === pair.token)
    this.#current = back ?? { pair, caller: this.#options.callerFor(pair) }
    const isSame = (way: Way) => claimantOf(way.pair) === claimantOf(pair)
    // What is claimed now must not be given up: one that is back is no former one.
    for (const way of ways) if (isSame(way) && way !== this.#current) way.caller.close()
    this.#former = ways.filter((way) => !isSame(way))
  }

  /** Tried with each call until it is done. */
  async #releaseFormer(signal: AbortSignal): Promise<void> {
    await Promise.all(
      this.#former.map(async (way) => {
        if (!isOver(await way.caller.release(signal))) return
        way.caller.close()
        this.#former = this.#former.filter((one) => one !== way)
      }),
    )
  }
}

/** Whose the claims are at the edge. The original call's are those of all who know its word, an older one too. */
function claimantOf(pair: Pair): string {
  return pair.style === 'hook' ? 'hook' : pair.tokenId
}

/** Whether nothing is left to give up, or this token may not do it (it was revoked): then it lapses by itself. */
function isOver(release: Release): boolean {
  return typeof release === 'string' || (release.kind === 'refused' && release.refusal.permanent)
}

function patient(verdict: Verdict): Verdict {
  if (verdict.kind !== 'refused' || !MENDED_BY_TOKEN.includes(verdict.refusal.code)) return verdict
  return { ...verdict, refusal: { ...verdict.refusal, permanent: false } }
}
