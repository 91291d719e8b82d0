import { readText } from '../http/read-text.ts'
import { readRetryAfter } from '../http/retry-after.ts'
import { withTimeLimit } from '../http/time-limit.ts'
import type { Line, LineRequest } from './line.ts'
import { LineFailed, unreachable } from './line-failed.ts'

/** An answer, read whole. */
export interface Reply {
  readonly status: number
  readonly type: string
  /** Seconds, where the edge asked for them with Retry-After. */
  readonly retryAfter?: number
  /** Another one as soon as the edge would answer the same document otherwise. */
  readonly revision?: string
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
  const { signal } = request
  const late = (error: unknown) =>
    new LineFailed('edge-unreachable', `no answer within ${timeout / 1000} s`, { cause: error })
  return await withTimeLimit(
    { timeout, signal },
    (cut) => reply(line, { ...request, signal: cut }, maxBytes),
    late,
  )
}

async function reply(line: Pick<Line, 'send'>, request: LineRequest, maxBytes: number): Promise<Reply> {
  try {
    const answer = await line.send(request)
    const tooLong = () => new LineFailed('edge-unreachable', `the answer is longer than ${maxBytes} bytes`)
    const text = await readText(answer, maxBytes, tooLong)
    const retryAfter = readRetryAfter(answer)
    const revision = [answer.headers['homeport-revision'] ?? []].flat()[0]
    return {
      status: answer.statusCode ?? 0,
      type: answer.headers['content-type'] ?? '',
      text,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(revision !== undefined && { revision }),
    }
  } catch (error) {
    throw unreachable(error)
  }
}
