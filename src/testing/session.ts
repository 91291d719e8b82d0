import { once } from 'node:events'
import { createConnection, type Socket } from 'node:net'
import type { Defer } from './cleanup.ts'
import { until } from './until.ts'

export interface Target {
  readonly host?: string
  readonly port: number
  /** The address to call from. */
  readonly localAddress?: string
}

/** A TCP connection that is kept open, read line by line. */
export interface Session {
  /** The next line that the server sends, without its end. */
  line(): Promise<string>
  /** Send a line and read the next one. */
  ask(text: string): Promise<string>
  /** Whether either side has closed or cut it. */
  readonly closed: boolean
  close(): void
}

/**
 * Connects.
 * @throws Error when it is refused or nothing answers within 5 s.
 */
export async function openSession(defer: Defer, target: Target): Promise<Session> {
  const socket = await connect(target)
  defer(() => {
    socket.destroy()
  })
  const read = { text: '' }
  let failure: Error | undefined
  socket.setEncoding('utf8').on('data', (text: string) => (read.text += text))
  socket.on('error', (error) => {
    failure = error
  })

  const takeLine = (): string | undefined => {
    const end = read.text.indexOf('\n')
    if (end < 0) return undefined
    const line = read.text.slice(0, end)
    read.text = read.text.slice(end + 1)
    return line
  }
  const line = async () => {
    const found = await until(() => takeLine() ?? (isClosed(socket) || undefined), {
      what: 'a line',
      interval: 5,
    })
    if (found !== true) return found
    throw new Error(`the connection ended after ${JSON.stringify(read.text)}`, { cause: failure })
  }
  return {
    line,
    ask: (text) => {
      socket.write(`${text}\n`)
      return line()
    },
    get closed() {
      return isClosed(socket)
    },
    close: () => socket.destroy(),
  }
}

async function connect({ host = '127.0.0.1', port, localAddress }: Target): Promise<Socket> {
  const socket = createConnection({ host, port, ...(localAddress === undefined ? {} : { localAddress }) })
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(5_000) })
    return socket
  } catch (error) {
    socket.destroy()
    throw error
  }
}

function isClosed(socket: Socket): boolean {
  return socket.destroyed || socket.readableEnded
}
