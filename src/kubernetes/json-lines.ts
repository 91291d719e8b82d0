import { ApiFailed } from './api-failed.ts'
import { tooLong } from './read-body.ts'

const LINE_FEED = 0x0a

/** Cuts a stream of bytes into lines of JSON, wherever the stream itself was cut. */
export class JsonLines {
  readonly #maxBytes: number
  #started: Buffer[] = []
  #size = 0

  /** @param maxBytes the longest line. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /**
   * What the lines say that are whole with this chunk.
   * @throws ApiFailed where one is too long or is no JSON.
   */
  *push(chunk: Buffer): Generator<unknown, void, void> {
    let rest = chunk
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED)) {
      this.#keep(rest.subarray(0, end))
      rest = rest.subarray(end + 1)
      const line = Buffer.concat(this.#started).toString('utf8').trim()
      this.#started = []
      this.#size = 0
      if (line !== '') yield parseLine(line)
    }
    this.#keep(rest)
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return
    this.#size += part.length
    if (this.#size > this.#maxBytes) throw tooLong('a line', this.#maxBytes)
    this.#started.push(part)
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (cause) {
    throw new ApiFailed({ status: 0, reason: 'Unreadable', message: 'a line of the watch is no JSON', cause })
  }
}
