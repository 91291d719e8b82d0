import type { IncomingMessage } from 'node:http'
import { readRetryAfter } from '../http/retry-after.ts'
import { ApiFailed } from './api-failed.ts'
import { readBody } from './read-body.ts'

/** The longest answer, in bytes: an object of etcd's has at most 1.5 MB. */
export const MAX_BYTES = 32 << 20

/** The answering machine's wall clock, ms since the epoch, whole seconds; NaN where it does not say. */
export function readTime(answer: IncomingMessage): number {
  return Date.parse(answer.headers.date ?? '')
}

/** The answer, if it is a success. @throws ApiFailed with what it says, if it is none. */
export async function succeeded(answer: IncomingMessage): Promise<IncomingMessage> {
  const { statusCode = 0 } = answer
  if (statusCode >= 200 && statusCode < 300) return answer
  const text = await readBody(answer, MAX_BYTES)
  throw ApiFailed.ofStatus(parseLeniently(text), {
    status: statusCode,
    retryAfter: readRetryAfter(answer),
    time: readTime(answer),
  })
}

export function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new ApiFailed({ status: 0, reason: 'Unreadable', message: 'the answer is no JSON', cause })
  }
}

/** What stands between us and the API server answers in words of its own. */
function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return { message: text.trim().slice(0, 200) }
  }
}
