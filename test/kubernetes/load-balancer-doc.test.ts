import { execFile } from 'node:child_process'
import { readFile, symlink, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
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
const SERVICE = '/api/v1/namespaces/mqtt/services/mosquitto'
const SECRET = '/api/v1/namespaces/homeport/secrets/homeport'

/** Milliseconds for a test that starts several programs, on a machine that has other things to do. */
const WHOLE_STORY = 180_000

describe.skipIf(noApiServer)('docs/load-balancer.md', () => {
  it(
    'brings a newcomer from nothing to a served port, to another token, and back',
    async () => {
      const [api, edge] = await Promise.all([
        ApiServer.start(onTestFinished),
        EdgeProcess.start(onTestFinished),
      ])
      const port = await freePort()
      const machine = await aMachine(api, edge, port)
      await api.client.create('/api/v1/namespaces', { metadata: { name: 'mqtt' } })
      await addNode(api, 'n1', '127.0.0.2')

      await machine.run('token')
      const old = await readFile(join(machine.folder, 'token'), 'utf8')
      await machine.run('install')
      await kubeProxyOf(onTestFinished, api, '127.0.0.2')
      const tokenFile = join(machine.folder, 'mounted')
      /** What the kubelet does with the Secret. */
      const mount = async () => {
        const { data } = await api.client.get<{ data: { token: string } }>(SECRET)
        await writeFile(tokenFile, Buffer.from(data.token, 'base64'))
      }
      await mount()
      const kubeconfig = await kubeconfigOf(onTestFinished, api, {
        namespace: 'homeport',
        name: 'homeport-controller',
      })
      const settings = { TOKEN_FILE: tokenFile }
      await startController(onTestFinished, { api: { kubeconfig }, edge, token: old, settings })

      await machine.run('service')
      const { spec } = await api.client.get<{ spec: { ports: [{ nodePort: number }] } }>(SERVICE)
      await echoServer(onTestFinished, { host: '127.0.0.2', port: spec.ports[0].nodePort, name: 'node' })
      expect(await machine.run('look')).toContain('203.0.113.5')
      await until(() => connectAndRead({ port }))
      const told = await machine.run('trouble')
      for (const part of ['homeport.dev/Live', 'Events:', 'homeport-controller '])
        expect(told).toContain(part)
      expect(told).toMatch(/Normal +Live /)

      await machine.run('token', ['--out token', '--out token --force'])
      await machine.run('rotate')
      await mount()
      const { id } = parseBearer(await readFile(tokenFile, 'utf8')) ?? {}
      const phone = `controller.${id}.homeport.homeport-controller`
      await until(async () => (await edge.claims()).some((claim) => claim.phone.endsWith(phone)), {
        deadline: 30_000,
      })
      expect(await machine.run('revoke', ['k3j9x2ab', parseBearer(old)?.id ?? ''])).toContain('Revoked')
      expect(await connectAndRead({ port })).toMatch(/^node /)

      await machine.run('convert')
      await until(async () => (await api.client.get(SERVICE)).metadata.finalizers === undefined)
      await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
      await machine.run('by hand')
      await machine.run('remove', ['delete -f', 'delete --wait=false -f'])
      expect(
        await api.client.exists('/apis/rbac.authorization.k8s.io/v1/clusterroles/homeport-controller'),
      ).toBe(false)
    },
    WHOLE_STORY,
  )
})

/** Where the commands are run: `kubectl` is the administrator's, `homeport` asks the edge on this machine. */
async function aMachine(api: ApiServer, edge: EdgeProcess, port: number) {
  const folder = await temporaryFolder(onTestFinished)
  await symlink(resolve('deploy'), join(folder, 'deploy'))
  const programs = (await readFile(join(api.folder, 'bin'), 'utf8')).trim()
  const env = {
    ...process.env,
    PATH: `${resolve('bin')}:${programs}:${process.env['PATH']}`,
    KUBECONFIG: api.kubeconfig,
    HOMEPORT_SOCKET: join(edge.runtimeDir, 'admin.sock'),
  }
  return {
    folder,
    /** Runs commands of the page, the port and what else is known by name only put in; gives what they print. */
    run: async (name: string, [from, to]: readonly string[] = []): Promise<string> => {
      const text = page.commands(name).replaceAll('port: 8443', `port: ${port}`)
      const script = from === undefined ? text : text.replaceAll(from, to ?? '')
      return (await promisify(execFile)('sh', ['-euc', script], { cwd: folder, env })).stdout
    },
  }
}
