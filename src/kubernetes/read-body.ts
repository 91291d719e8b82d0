import type { IncomingMessage } from 'node:http'
import { readText } from '../http/read-text.ts'
import { ApiFailed } from './api-failed.ts'

/** The whole body as text. @throws ApiFailed `TooLong`, or the connection's error. */
export function readBody(answer: IncomingMessage, maxBytes: number): Promise<string> {
  return readText(answer, maxBytes, () => tooLong('the answer', maxBytes))
}

export function tooLong(what: string, maxBytes: number): ApiFailed {
  const message = `${what} is longer than ${maxBytes} bytes`
  return new ApiFailed({ status: 0, reason: 'TooLong', message })
}
