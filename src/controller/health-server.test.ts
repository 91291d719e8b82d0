import { writeFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import type { ListenOptions } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createLog } from '../log.ts'
import { loadSettings } from '../settings/load-settings.ts'
import { freePort } from '../testing/free-port.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { until } from '../testing/until.ts'
import { controllerSheet } from './controller-sheet.ts'
import { serveHealth } from './health-server.ts'
import { runController } from './main.ts'

const parts = { ready: () => true, metrics: async () => 'up 1\n' }

/** As with the kernel's `ipv6.disable=1`. */
function withoutIpv6(server: Server, options: ListenOptions, done: () => void): void {
  const error = Object.assign(new Error('listen EAFNOSUPPORT'), { code: 'EAFNOSUPPORT' })
  if (options.host?.includes(':')) server.emit('error', error)
  else server.listen({ host: '0.0.0.0', ...options }, done)
}

describe('the probes', () => {
  it('are answered on all addresses, also where the machine has no IPv6', async () => {
    const port = await freePort()
    const health = await serveHealth({ host: '::', port }, parts, withoutIpv6)
    onTestFinished(() => health.close())
    expect((await fetch(`http://127.0.0.1:${port}/readyz`)).status).toBe(200)
  })

  it('stay a fault where the address that is asked for is not there', async () => {
    const port = await freePort()
    await expect(serveHealth({ host: '::1', port }, parts, withoutIpv6)).rejects.toThrow('EAFNOSUPPORT')
  })

  it('are answered while there is no API server', async () => {
    const [port, nobody] = [await freePort(), await freePort()]
    const folder = await temporaryFolder(onTestFinished)
    const config = join(folder, 'kubeconfig')
    const cluster = { server: `https://127.0.0.1:${nobody}` }
    const kubeconfig = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'x' },
      clusters: [{ name: 'x', cluster }],
      users: [{ name: 'x', user: { token: 't' } }],
      contexts: [{ name: 'x', context: { cluster: 'x', user: 'x' } }],
    }
    await writeFile(config, JSON.stringify(kubeconfig))
    const flags = {
      ...{ edges: 'https://127.0.0.1:1', 'token-file': join(folder, 'token') },
      ...{ 'kubernetes-config': config, 'health-listen': `127.0.0.1:${port}`, 'log-level': 'error' },
    }
    const stop = new AbortController()
    const running = runController(loadSettings(controllerSheet(), flags, {}), createLog('error'), stop.signal)
    onTestFinished(async () => {
      stop.abort()
      await running
    })
    const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}/${path}`)).status
    await until(async () => (await status('healthz')) === 200)
    expect(await status('readyz')).toBe(503)
  })
})
