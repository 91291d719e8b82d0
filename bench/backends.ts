import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Defer } from '../src/testing/cleanup.ts'
import { endProcess } from '../src/testing/end-process.ts'
import { freePort } from '../src/testing/free-port.ts'
import { until } from '../src/testing/until.ts'
import { whoAnswers } from './who-answers.ts'

/**
 * Backends on one port of several addresses, each of which tells its address: a HAProxy of their own, which takes
 * thousands of health checks a second with little of the machine. Gives the port.
 */
export async function startBackends(defer: Defer, hosts: readonly string[], given?: number): Promise<number> {
  const port = given ?? (await freePort())
  const folder = mkdtempSync(join(tmpdir(), 'homeport-backends-'))
  const file = join(folder, 'backends.cfg')
  writeFileSync(file, configuration(hosts, port))
  const { pid } = spawn('haproxy', ['-db', '-f', file], { stdio: 'ignore' })
  if (pid === undefined) throw new Error('the backends did not start')
  defer(async () => {
    await endProcess(pid)
    rmSync(folder, { recursive: true })
  })
  for (const host of hosts) await until(() => whoAnswers(port, host), { what: `the backend ${host}` })
  return port
}

function configuration(hosts: readonly string[], port: number): string {
  const listeners = hosts.map((host) =>
    [
      `frontend ${host}`,
      `    bind ${host}:${port} backlog 4096`,
      `    http-request return status 200 content-type text/plain string ${host}`,
    ].join('\n'),
  )
  const defaults = 'defaults\n    mode http\n    timeout client 1m\n    maxconn 4000\n'
  return ['global\n    maxconn 8000\n    nbthread 1\n', defaults, ...listeners, ''].join('\n')
}
