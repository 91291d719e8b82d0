import { once } from 'node:events'
import { createServer, type Server } from 'node:net'
import { freePort } from '../../src/testing/free-port.ts'

/**
 * The wanted port where nothing listens on it at any of the addresses and no other demo means to, else a free one. The demo
 * listens some seconds later, so what it took is marked until this process ends.
 */
export async function portOrAnother(wanted: number, ...addresses: readonly string[]): Promise<number> {
  for (const address of addresses) if (!(await isFree(wanted, address))) return await freePort()
  return (await isMarked(wanted)) ? await freePort() : wanted
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  const free = await listens(server.listen(port, host))
  server.close()
  return free
}

/** Marks a port by a socket without a file (unix(7), "abstract"), which goes with its process. */
async function isMarked(port: number): Promise<boolean> {
  return !(await listens(createServer().listen(`\0homeport-demo-port-${port}`).unref()))
}

async function listens(server: Server): Promise<boolean> {
  try {
    await once(server, 'listening')
    return true
  } catch {
    return false
  }
}
