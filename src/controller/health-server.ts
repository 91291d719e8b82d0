import { createServer, type Server } from 'node:http'
import type { ListenOptions } from 'node:net'
import type { Listen } from '../settings/kind.ts'

export interface HealthParts {
  readonly ready: () => boolean
  /** In Prometheus' text form. */
  readonly metrics: () => Promise<string>
}

/** Has a server listen: tells it, and calls `done` when it does. */
type ListenOn = (server: Server, options: ListenOptions, done: () => void) => void

/** Where it listens on addresses of both families. */
const ANY = '::'

/**
 * `/healthz`, `/readyz` and `/metrics`, for the pod's probes and Prometheus.
 * @throws Error where the port cannot be listened on.
 */
export async function serveHealth(
  { host, port }: Listen,
  parts: HealthParts,
  listen: ListenOn = (server, options, done) => void server.listen(options, done),
): Promise<{ close(): void }> {
  const server = createServer(({ url }, response) => {
    const send = (status: number, text: string) =>
      response.writeHead(status, { 'content-type': 'text/plain', 'cache-control': 'no-store' }).end(text)
    if (url === '/healthz') send(200, 'alive\n')
    else if (url === '/readyz') send(parts.ready() ? 200 : 503, parts.ready() ? 'ready\n' : 'not ready\n')
    else if (url === '/metrics')
      parts.metrics().then(
        (text) => send(200, text),
        () => send(500, ''),
      )
    else send(404, 'GET /healthz, /readyz or /metrics\n')
  })
  await new Promise<void>((resolve, reject) => {
    // Without a host, Node listens on IPv4 where the machine has no IPv6.
    listen(server.once('error', reject), { port, ...(host !== ANY && { host }) }, resolve)
  })
  return {
    close: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}
