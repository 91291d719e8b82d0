import type { IncomingMessage } from 'node:http'
import { ApiFailed } from './api-failed.ts'

/** The whole body as text. @throws ApiFailed `TooLong`, or the connection's error. */
export function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    answer
      .on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= maxBytes) chunks.push(chunk)
        else answer.destroy(tooLong('the answer', maxBytes))
      })
      .on('error', reject)
      .on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}

export function tooLong(what: string, maxBytes: number): ApiFailed {
  const message = `${what} is longer than ${maxBytes} bytes`
  return new ApiFailed({ status: 0, reason: 'TooLong', message })
}

/** The seconds form of RFC 9110, 10.2.3, as Kubernetes sends it. */
export function readRetryAfter(answer: IncomingMessage): number | undefined {
  const text = answer.headers['retry-after']
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined
}
