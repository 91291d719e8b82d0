import type { IncomingMessage } from 'node:http'
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
  const cut = new AbortController()
  const onAbort = () => cut.abort()
  let late = false
  const timer = setTimeout(() => {
    late = true
    cut.abort()
  }, timeout)
  // Not AbortSignal.any: that would hang one more signal on the caller's, which may live for weeks, with each call.
  request.signal?.addEventListener('abort', onAbort)
  if (request.signal?.aborted) cut.abort()
  try {
    const answer = await line.send({ ...request, signal: cut.signal })
    const text = await readText(answer, maxBytes)
    const retryAfter = readRetryAfter(answer.headers['retry-after'])
    const revision = [answer.headers['homeport-revision'] ?? []].flat()[0]
    return {
      status: answer.statusCode ?? 0,
      type: answer.headers['content-type'] ?? '',
      text,
      ...(retryAfter !== undefined && { retryAfter }),
      ...(revision !== undefined && { revision }),
    }
  } catch (error) {
    if (late)
      throw new LineFailed('edge-unreachable', `no answer within ${timeout / 1000} s`, { cause: error })
    throw unreachable(error)
  } finally {
    clearTimeout(timer)
    request.signal?.removeEventListener('abort', onAbort)
  }
}

/** By events: `for await` would load a megabyte of streams that the agent has no other use for. */
function readText(answer: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    answer
      .on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= maxBytes) chunks.push(chunk)
        else answer.destroy(new LineFailed('edge-unreachable', `the answer is longer than ${maxBytes} bytes`))
      })
      .on('error', reject)
      .on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}

/** The seconds form of RFC 9110, 10.2.3; its other form, a date, is of no use to a clock that may be wrong. */
function readRetryAfter(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
