import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { addNode } from '../../src/testing/kubernetes/nodes.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'
import { parseBearer } from '../../src/wire/bearer.ts'

const SERVICE = '/api/v1/namespaces/mqtt/services/mosquitto'
const PATIENCE = 30_000

/** Milliseconds for a test that starts several programs, on a machine that has other things to do. */
const WHOLE_STORY = 180_000

describe.skipIf(noApiServer)("the controller's token", () => {
  it(
    'may come late and be changed, and the port of a deleted Service closes all the same',
    async () => {
      const [api, edge] = await Promise.all([
        ApiServer.start(onTestFinished),
        EdgeProcess.start(onTestFinished),
      ])
      const nodePort = 31_000 + Math.floor(Math.random() * 900)
      const node = await echoServer(onTestFinished, { host: '127.0.0.2', port: nodePort, name: 'node' })
      const port = await freePort()
      await aCluster(api, node.host, { port, nodePort })
      const aToken = () => edge.token({ role: 'phone', clusters: ['home'] })
      const [old, next] = [await aToken(), await aToken()]

      const tokenFile = join(await temporaryFolder(onTestFinished), 'token')
      const settings = { TOKEN_FILE: tokenFile }
      const controller = await startController(onTestFinished, { api, edge, token: old, settings })
      await controller.printed(/token-unreadable/, PATIENCE)
      await writeFile(tokenFile, old)
      await controller.printed(/"the edge answers"/, PATIENCE)
      expect(controller.stdout.match(/token-unreadable/g)).toHaveLength(1)
      await until(() => connectAndRead({ port }))

      await writeFile(tokenFile, next)
      const phone = `controller.${parseBearer(next)?.id}.default.homeport-controller`
      await until(async () => (await edge.claims()).some((claim) => claim.phone.endsWith(phone)))
      await edge.admin('DELETE', `/v1/tokens/${parseBearer(old)?.id}?release=true`)
      await until(async () => (await edge.claims()).every((claim) => claim.phone.endsWith(phone)))
      expect(await connectAndRead({ port })).toMatch(/^node /)

      await api.client.delete(SERVICE)
      await until(async () => !(await api.client.exists(SERVICE)))
      await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
    },
    WHOLE_STORY,
  )
})

async function aCluster(api: ApiServer, address: string, ports: { port: number; nodePort: number }) {
  await addNode(api, 'n1', address)
  await api.client.create('/api/v1/namespaces', { metadata: { name: 'mqtt' } })
  await api.client.create('/api/v1/namespaces/mqtt/services', {
    metadata: { name: 'mosquitto' },
    spec: { type: 'LoadBalancer', loadBalancerClass: 'homeport.dev/edge', ports: [ports] },
  })
}
