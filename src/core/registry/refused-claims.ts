import { Compile } from 'typebox/compile'
import { PortNumber, ProtocolName } from '../../wire/names.ts'
import type { Refusal } from '../refusal.ts'
import type { RefusedClaim } from './document.ts'

const port = Compile(PortNumber)
const protocol = Compile(ProtocolName)

/** A claim with more faults than this is not worth more words. */
const MAX_FAULTS = 20

/** Characters that one claim's refusal may take, and those of a document together. */
const MAX_DETAIL = 1_000
const MAX_DETAILS = 50_000

const NO_MORE = 'like others before it: too many to say more'

/**
 * The refused claims of one document. Each has its code; words only the first have, so that a document of nothing but bad
 * claims costs little to read, keep and answer.
 */
export class RefusedClaims {
  readonly list: RefusedClaim[] = []
  #words = 0

  /** How many faults of the next claim are told. */
  get maxFaults(): number {
    return this.#words < MAX_DETAILS ? MAX_FAULTS : 0
  }

  /** What can be told of a claim that cannot be read whole: only what is of the right form. */
  add(index: number, raw: unknown, code: Refusal['code'], details: readonly string[]): void {
    const fields = typeof raw === 'object' && raw !== null ? raw : {}
    const rawPort = 'port' in fields ? fields.port : undefined
    const rawProtocol = 'protocol' in fields ? fields.protocol : 'tcp'
    const detail = this.maxFaults > 0 ? shortened(details.join('; ')) : NO_MORE
    this.#words += detail.length
    this.list.push({
      index,
      ...(port.Check(rawPort) && { port: rawPort }),
      ...(protocol.Check(rawProtocol) && { protocol: rawProtocol }),
      refusal: { code, detail },
    })
  }
}

function shortened(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}...` : text
}
