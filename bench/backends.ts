import { spawn } from 'node:child_process'
import type { Defer } from '../src/testing/cleanup.ts'
import { endProcess } from '../src/testing/end-process.ts'
import { freePort } from '../src/testing/free-port.ts'

const PROGRAM = new URL('backend-process.ts', import.meta.url).pathname

/**
 * Backends on one port of several addresses, in a process of their own: thousands of health checks a second must not
 * hold up whoever measures. Gives the port.
 */
export async function startBackends(defer: Defer, hosts: readonly string[], given?: number): Promise<number> {
  const port = given ?? (await freePort())
  const child = spawn(process.execPath, [PROGRAM, String(port), ...hosts], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const { pid } = child
  if (pid === undefined) throw new Error('the backends did not start')
  defer(() => endProcess(pid))
  await new Promise((resolve) => child.stdout.once('data', resolve))
  return port
}
