import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type ListenOptions } from 'node:net'

/** Below the ports that Linux takes for outgoing connections (32768 and up), which would collide now and then. */
const RANGE = { min: 10_000, max: 30_000 } as const

/**
 * A TCP port on which nothing listens, at any address of this machine. It is given to no other test, of this process or
 * another, for as long as this process lives.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt++) {
    const port = randomInt(RANGE.min, RANGE.max)
    if ((await reserve(port)) && (await isFree(port))) return port
  }
  throw new Error(`no free port from ${RANGE.min} to ${RANGE.max}`)
}

/** As many different ones. */
export async function freePorts(count: number): Promise<number[]> {
  return await Promise.all(Array.from({ length: count }, freePort))
}

/** Takes the port's name in the kernel's table of abstract sockets, which forgets it when the process ends. */
function reserve(port: number): Promise<boolean> {
  return listen({ path: `\0homeport-test-port-${port}` }, 'keep')
}

async function isFree(port: number): Promise<boolean> {
  return (await listen({ port, host: '0.0.0.0' }, 'close')) && (await listen({ port, host: '::1' }, 'close'))
}

async function listen(options: ListenOptions, then: 'keep' | 'close'): Promise<boolean> {
  const server = createServer().unref()
  try {
    server.listen(options)
    await once(server, 'listening')
  } catch (error) {
    // A machine without IPv6 has nothing listening there.
    return isErrno(error, 'EADDRNOTAVAIL')
  }
  if (then === 'close') {
    server.close()
    await once(server, 'close')
  }
  return true
}

function isErrno(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
