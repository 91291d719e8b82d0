import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import type { Defer } from './cleanup.ts'

export interface EchoServerOptions {
  readonly host?: string
  /** A free one unless told. */
  readonly port?: number
  /** What it calls itself to its clients. */
  readonly name: string
}

export interface EchoServer {
  readonly host: string
  readonly port: number
  readonly name: string
  /** Connections ever accepted, health checks among them. */
  readonly accepted: number
  /** Refuses and cuts every connection from here on. */
  stop(): Promise<void>
}

/**
 * A backend for tests: it greets each client with one line, `<name> <client's address>`, and then sends back all that it
 * gets.
 */
export async function echoServer(
  defer: Defer,
  { host = '127.0.0.1', port = 0, name }: EchoServerOptions,
): Promise<EchoServer> {
  const sockets = new Set<Socket>()
  let accepted = 0
  const server = createServer((socket) => {
    accepted++
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    // Health checks and killed clients reset their connections: nothing to do about that.
    socket.on('error', () => socket.destroy())
    socket.write(`${name} ${socket.remoteAddress}\n`)
    socket.pipe(socket)
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP address')

  const stop = async () => {
    if (!server.listening) return
    server.close()
    for (const socket of sockets) socket.destroy()
    await once(server, 'close')
  }
  defer(stop)
  return {
    host,
    port: address.port,
    name,
    get accepted() {
      return accepted
    },
    stop,
  }
}
