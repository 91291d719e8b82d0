import type { IncomingMessage } from 'node:http'
import type { Line, LineRequest } from './line.ts'
import { LineFailed, unreachable } from './line-failed.ts'

/** An answer, read whole. */
export interface Reply {
  readonly status: number
  readonly type: string
  /** Seconds, where the edge asked for them with Retry-After. */
  readonly retryAfter?: number
  readonly text: string
}

export interface ExchangeLimits {
  /** Milliseconds for the whole exchange. */
  readonly timeout: number
  /** Longest body that is read, in bytes. */
  readonly maxBytes: number
}

/**
 * One request and its whole answer, bounded in time and size.
 * @throws LineFailed when there is none, or it is longer than `maxBytes`.
 */
export async function exchange(
  line: Pick<Line, 'send'>,
  request: LineRequest,
  { timeout, maxBytes }: ExchangeLimits,
): Promise<Reply> {
  const deadline = AbortSignal.timeout(timeout)
  const signal = request.signal ? AbortSignal.any([request.signal, deadline]) : deadline
  try {
    const answer = await line.send({ ...request, signal })
    const text = await readText(answer, maxBytes)
    const retryAfter = readRetryAfter(answer.headers['retry-after'])
    return {
      status: answer.statusCode ?? 0,
      type: answer.headers['content-type'] ?? '',
      text,
      ...(retryAfter !== undefined && { retryAfter }),
    }
  } catch (error) {
    if (!deadline.aborted) throw unreachable(error)
    throw new LineFailed('edge-unreachable', `no answer within ${timeout / 1000} s`, { cause: error })
  }
}

async function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of answer) {
    if (!Buffer.isBuffer(chunk)) continue
    size += chunk.length
    if (size > maxBytes) {
      answer.destroy()
      throw new LineFailed('edge-unreachable', `the answer is longer than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** The seconds form of RFC 9110, 10.2.3; its other form, a date, is of no use to a clock that may be wrong. */
function readRetryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
