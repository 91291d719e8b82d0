import { once } from 'node:events'
import { createServer } from 'node:net'
import { freePort } from '../../src/testing/free-port.ts'

/** The wanted port where nothing listens on it at any of the addresses, else a free one. */
export async function portOrAnother(wanted: number, ...addresses: readonly string[]): Promise<number> {
  for (const address of addresses) if (!(await isFree(wanted, address))) return await freePort()
  return wanted
}

async function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, host)
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}
