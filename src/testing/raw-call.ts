import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { as } from './api-over-tls.ts'
import type { Defer } from './cleanup.ts'
import { until } from './until.ts'

export interface RawCall {
  readonly socket: Socket
  text(): string
}

/** A request written by hand: its head, and nothing after it. Resolves when it was answered, or at once. */
export async function rawCall(
  defer: Defer,
  port: number,
  head: readonly string[],
  answered = true,
): Promise<RawCall> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  defer(() => void socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  socket.on('error', () => {})
  socket.write(`${[...head, ...(head.length > 1 ? ['host: a'] : [])].join('\r\n')}\r\n\r\n`)
  const call = { socket, text: () => text }
  if (answered) await until(() => text !== '' || socket.closed, { deadline: 20_000 })
  return call
}

/** The events, as an admin follows them. */
export function follow(defer: Defer, port: number, headers: readonly string[] = []): Promise<RawCall> {
  const head = ['GET /v1/events HTTP/1.1', `authorization: ${as('admin').authorization}`, ...headers]
  return rawCall(defer, port, head)
}
