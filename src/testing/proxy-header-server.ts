import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Defer } from './cleanup.ts'
import { type ProxyHeader, parseProxyHeader } from './proxy-header.ts'

export interface ProxyHeaderServer {
  readonly host: string
  readonly port: number
  /** What each connection began with, health checks among them; an Error where it was no header. */
  readonly headers: readonly (ProxyHeader | Error)[]
}

/**
 * A backend behind the PROXY protocol: it notes each connection's header and then greets the client with one line,
 * `v<version> <source address> <source port>` or `none` where there was no header.
 */
export async function proxyHeaderServer(
  defer: Defer,
  { host = '127.0.0.1', port = 0 }: { readonly host?: string; readonly port?: number } = {},
): Promise<ProxyHeaderServer> {
  const headers: (ProxyHeader | Error)[] = []
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    const onData = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk])
      const header = tryParse(bytes)
      if (!header) return
      socket.off('data', onData).resume()
      headers.push(header)
      socket.write(`${greeting(header)}\n`)
    }
    socket.on('data', onData).on('error', () => socket.destroy())
  })
  server.listen(port, host)
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not a TCP address')
  defer(() => {
    server.close()
  })
  return { host, port: address.port, headers }
}

function tryParse(bytes: Buffer): ProxyHeader | Error | undefined {
  try {
    return parseProxyHeader(bytes)
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error))
  }
}

function greeting(header: ProxyHeader | Error): string {
  if (header instanceof Error) return 'none'
  return `v${header.version} ${header.source?.address ?? '-'} ${header.source?.port ?? '-'}`
}
