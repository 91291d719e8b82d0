import { createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Refusal } from '../../core/refusal.ts'
import { mayBind } from './proc-fs.ts'

/**
 * Whether HAProxy could listen on a port now; undefined where it could, else why not. A port that is taken has to be found
 * here: HAProxy itself would refuse all connections on every port for two seconds while it tries.
 * @param haproxy The pid of the process that will listen; this one's rights count where there is none yet.
 */
export async function trialBind(
  port: number,
  addresses: readonly string[],
  haproxy?: number,
): Promise<Refusal | undefined> {
  if (!mayBind(port, haproxy)) {
    return { code: 'port-not-permitted', detail: `HAProxy may not listen on port ${port}` }
  }
  for (const address of addresses) {
    const code = await listenOnce(port, address)
    // EACCES: this process may not, HAProxy may (see above).
    if (code === undefined || code === 'EACCES') continue
    return { code: 'port-taken-on-host', detail: detail(port, address, code) }
  }
  return undefined
}

/** Waits until nobody listens on a port any more; false when somebody still does after `patience` ms. */
export async function isFreed(
  port: number,
  addresses: readonly string[],
  patience: number,
): Promise<boolean> {
  const end = performance.now() + patience
  while (await trialBind(port, addresses)) {
    if (performance.now() > end) return false
    await sleep(2)
  }
  return true
}

/** The error's code, or undefined when listening worked. Without SO_REUSEPORT, so that any other listener is in the way. */
function listenOnce(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    server.listen({ port, host, ipv6Only: true, exclusive: true }, () => {
      server.close(() => resolve(undefined))
    })
  })
}

function detail(port: number, address: string, code: string): string {
  if (code === 'EADDRINUSE') return `another program uses port ${port} at ${address}`
  return `nobody can listen on port ${port} at ${address} (${code})`
}
