import type { IncomingMessage } from 'node:http'

/**
 * The whole body as text. By events: `for await` would load a megabyte of streams that the agent has no other use for.
 * @throws What `tooLong` makes, of one longer than `maxBytes`, or the connection's error.
 */
export function readText(answer: IncomingMessage, maxBytes: number, tooLong: () => Error): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    answer
      .on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= maxBytes) chunks.push(chunk)
        else answer.destroy(tooLong())
      })
      .on('error', reject)
      .on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
  })
}
