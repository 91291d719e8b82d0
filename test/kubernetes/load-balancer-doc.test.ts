import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Defer } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { kubeProxyOf } from '../../src/testing/kubernetes/kube-proxy.ts'
import { addNode } from '../../src/testing/kubernetes/nodes.ts'
import { kubeconfigOf } from '../../src/testing/kubernetes/service-account.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { Page } from '../../src/testing/page.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'
import { parseBearer } from '../../src/wire/bearer.ts'

const page = new Page('docs/load-balancer.md')
const DEPLOYMENT = '/apis/apps/v1/namespaces/web/deployments/hello'
const SERVICE = '/api/v1/namespaces/web/services/hello'
const SECRET = '/api/v1/namespaces/homeport/secrets/homeport'
const NODE = '127.0.0.2'

/** Milliseconds for a test that starts several programs, on a machine that has other things to do. */
const WHOLE_STORY = 180_000

describe.skipIf(noApiServer)('docs/load-balancer.md', () => {
  it(
    'brings a newcomer from nothing to a client that is served, to another token, and back',
    async () => {
      const [api, edge] = await Promise.all([
        ApiServer.start(onTestFinished),
        EdgeProcess.start(onTestFinished),
      ])
      const port = await freePort()
      const { vm, desk } = await machines(api, edge, port)
      await addNode(api, 'n1', NODE)
      expect(await desk('nodes')).toContain(NODE)
      await expect(vm('reach')).rejects.toThrow('curl: (7)')

      await vm('token')
      await desk('install')
      await kubeProxyOf(onTestFinished, api, NODE)
      const tokenFile = join(await temporaryFolder(onTestFinished), 'mounted')
      /** What the kubelet does with the Secret. */
      const mount = async () => {
        const { data } = await api.client.get<{ data: { token: string } }>(SECRET)
        const token = Buffer.from(data.token, 'base64').toString()
        await writeFile(tokenFile, token)
        return { token, id: parseBearer(token)?.id ?? '' }
      }
      const old = await mount()
      const kubeconfig = await kubeconfigOf(onTestFinished, api, {
        namespace: 'homeport',
        name: 'homeport-controller',
      })
      const settings = { TOKEN_FILE: tokenFile }
      await startController(onTestFinished, { api: { kubeconfig }, edge, token: old.token, settings })

      await Promise.all([desk('application'), becomeAvailable(api)])
      await desk('service')
      const { spec } = await api.client.get<{ spec: { ports: [{ nodePort: number }] } }>(SERVICE)
      await webServer(onTestFinished, spec.ports[0].nodePort)
      expect(await desk('look')).toContain('203.0.113.5')
      await until(async () => (await desk('client')) === GREETING)
      const told = await desk('trouble')
      for (const part of ['homeport.dev/Live', 'Events:', 'homeport-controller '])
        expect(told).toContain(part)
      expect(told).toMatch(/Normal +Live /)

      await vm('another token')
      await desk('rotate')
      const { id } = await mount()
      const used = new RegExp(`^${id} .*never +\\d{4}-`, 'm')
      await until(async () => used.test(await vm('tokens')), { deadline: 30_000 })
      expect(await vm('revoke', ['k3j9x2ab', old.id])).toContain('Revoked')
      expect(await desk('client')).toBe(GREETING)

      await desk('convert')
      await until(async () => (await api.client.get(SERVICE)).metadata.finalizers === undefined)
      await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
      await desk('by hand')
      await desk('remove', ['delete -f', 'delete --wait=false -f'])
      expect(
        await api.client.exists('/apis/rbac.authorization.k8s.io/v1/clusterroles/homeport-controller'),
      ).toBe(false)
    },
    WHOLE_STORY,
  )
})

/** Runs commands of the page, one thing in them put otherwise; gives what they print. */
type Run = (name: string, replaced?: readonly [from: string, to: string]) => Promise<string>

/**
 * The two machines on which the commands are run: the VM, as root in the checkout of the README, where `homeport` asks the edge; and
 * a desk with another checkout, where `kubectl` is the administrator's. Each has a home of its own.
 */
async function machines(api: ApiServer, edge: EdgeProcess, port: number): Promise<{ vm: Run; desk: Run }> {
  const [home, folder] = [await temporaryFolder(onTestFinished), await temporaryFolder(onTestFinished)]
  const checkout = join(home, 'homeport')
  await mkdir(checkout)
  await symlink(resolve('deploy'), join(folder, 'deploy'))
  const programs = (await readFile(join(api.folder, 'bin'), 'utf8')).trim()
  const PATH = `${resolve('bin')}:${programs}:${process.env['PATH']}`
  const known = [
    ['scp root@203.0.113.5:', `cp ${home}/`],
    ['http://203.0.113.5:8080', `http://127.0.0.1:${port}`],
    ['port: 8080', `port: ${port}`],
    ['198.51.100.11', NODE],
  ] as const
  const runIn =
    (cwd: string, more: NodeJS.ProcessEnv): Run =>
    async (name, replaced) => {
      const all = replaced ? [...known, replaced] : known
      const script = all.reduce((text, [from, to]) => text.replaceAll(from, to), page.commands(name))
      const env = { ...process.env, PATH, ...more }
      return (await promisify(execFile)('sh', ['-euc', script], { cwd, env })).stdout
    }
  return {
    vm: runIn(checkout, { HOME: home, HOMEPORT_SOCKET: join(edge.runtimeDir, 'admin.sock') }),
    desk: runIn(folder, { HOME: folder, KUBECONFIG: api.kubeconfig }),
  }
}

/** What a cluster does with the Deployment once its pods run. */
async function becomeAvailable(api: ApiServer): Promise<void> {
  await until(() => api.client.exists(DEPLOYMENT))
  const conditions = [{ type: 'Available', status: 'True' }]
  await api.client.patch(`${DEPLOYMENT}/status`, { status: { conditions } })
}

const GREETING = 'Welcome!\n'

/** What answers at the node, in the application's place. */
async function webServer(defer: Defer, port: number): Promise<void> {
  const server = createServer((_request, response) => response.end(GREETING)).listen(port, NODE)
  await once(server, 'listening')
  defer(async () => {
    server.close().closeAllConnections()
    await once(server, 'close')
  })
}
