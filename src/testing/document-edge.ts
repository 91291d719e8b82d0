import type { Taken } from '../controller/document-line.ts'
import type { Failed } from '../controller/edge-line.ts'
import type { Wanted } from '../controller/wanted.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { type ClaimAnswer, type Health, type HeldDocument, MAX_CLAIMS } from '../wire/document.ts'

const DOWN: Failed = { refusal: { code: 'edge-unreachable', detail: 'x', remedy: '', permanent: false } }
const TOO_LARGE: Failed = {
  refusal: { code: 'document-invalid', detail: 'x', remedy: '', permanent: true },
}

/** An edge that takes what it is given, but for the ports in `refused`. */
export class DocumentEdge {
  readonly documents: Wanted[] = []
  readonly refused = new Map<number, string>()
  health: Health = 'up'
  isDown = false
  /** It takes the next document, and is down before it can say so. */
  losesAnswer = false
  /** What the next answer waits for. */
  answers: Promise<void> = Promise.resolve()
  /** How many claims it takes in a document. */
  room = MAX_CLAIMS
  renewals = 0

  async put(wanted: Wanted): Promise<Taken | Failed> {
    if (this.isDown) return DOWN
    if (wanted.claims.length > this.room) return TOO_LARGE
    this.documents.push(wanted)
    if (this.losesAnswer) {
      this.isDown = true
      return DOWN
    }
    const taken = this.#taken(wanted)
    await this.answers
    return taken
  }

  async renew(taken: Taken): Promise<Taken | Failed> {
    this.renewals++
    if (this.isDown) return DOWN
    const now = this.#taken(taken.wanted)
    return JSON.stringify(now.answers) === JSON.stringify(taken.answers) ? taken : now
  }

  async keep(digest: string): Promise<boolean> {
    const held = this.documents.at(-1)
    const isKept = !this.isDown && held !== undefined && digest === `d${held.sequence}`
    if (isKept) this.renewals++
    return isKept
  }

  async recall(): Promise<HeldDocument | Failed> {
    if (this.isDown) return DOWN
    const held = this.documents.at(-1)
    return held ? { digest: `d${held.sequence}`, claims: [...held.claims] } : { digest: '', claims: [] }
  }

  get ports(): number[] | undefined {
    return this.documents.at(-1)?.claims.map(({ port }) => port)
  }

  #taken(wanted: Wanted): Taken {
    const answers = wanted.claims.map((claim, index) => this.#answer(claim, index))
    return { wanted, digest: `d${wanted.sequence}`, revision: '', answers, isAlone: true }
  }

  #answer({ port }: ClaimRequest, index: number): ClaimAnswer {
    const code = this.refused.get(port)
    const backend = { address: '10.0.0.1', port: 30443, health: this.health, reason: 'Layer4 timeout' }
    if (code === undefined) return { index, port, protocol: 'tcp', state: 'live', backends: [backend] }
    return { index, port, protocol: 'tcp', state: 'refused', code, permanent: false, detail: `${port} no` }
  }
}
