import { describe, expect, it, onTestFinished } from 'vitest'
import { startController } from '../../src/testing/controller-process.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import type { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

/** A controller starts slowly on a machine that has other things to do. */
const PATIENCE = { deadline: 40_000 }

describe.skipIf(noApiServer)('homeport controller, for some namespaces', () => {
  it('serves those and no other, at the nodes that their pods tell of', async () => {
    const api = await sharedApiServer()
    const edge = await EdgeProcess.start(onTestFinished)
    const namespace = () => api.namespace(onTestFinished)
    const [one, two, other] = [await namespace(), await namespace(), await namespace()]
    await aPod(api, one, 'n1', '127.0.0.2')
    await aPod(api, two, 'n2', '127.0.0.3')
    await aPod(api, other, 'n3', '127.0.0.4')
    await aService(api, other, await freePort())
    const ports = [await freePort(), await freePort()]
    await aService(api, one, ports[0] ?? 0)
    await aService(api, two, ports[1] ?? 0)
    // As the administrator, so that nothing but the setting keeps it from the rest.
    await startController(onTestFinished, { api, edge, settings: { NAMESPACES: `${one},${two},${one}` } })

    await until(async () => (await edge.routes()).length === 2, PATIENCE)
    expect((await edge.claims()).map(({ owner }) => owner).sort()).toEqual(
      [`home/${one}/mosquitto`, `home/${two}/mosquitto`].sort(),
    )
    expect(await backends(edge)).toEqual([
      ['127.0.0.2', '127.0.0.3'],
      ['127.0.0.2', '127.0.0.3'],
    ])
    const path = `/api/v1/namespaces/${other}/services/mosquitto`
    expect((await api.client.get(path)).metadata.finalizers).toBeUndefined()

    await setHost(api, one, '127.0.0.5')
    await until(async () => (await backends(edge)).every((some) => some.includes('127.0.0.5')), PATIENCE)
    await api.client.delete(`/api/v1/namespaces/${two}/pods/mosquitto-0?gracePeriodSeconds=0`)
    await until(async () => (await backends(edge)).every((some) => some.join() === '127.0.0.5'), PATIENCE)
  }, 180_000)

  it('has another one beside it, in the same cluster and with the same token', async () => {
    const api = await sharedApiServer()
    const edge = await EdgeProcess.start(onTestFinished)
    const token = await edge.token()
    const namespaces = [await api.namespace(onTestFinished), await api.namespace(onTestFinished)]
    const controllers = await Promise.all(
      namespaces.map(async (namespace) => {
        await aPod(api, namespace, 'n1', '127.0.0.2')
        await aService(api, namespace, await freePort())
        const settings = { NAMESPACES: namespace, KUBERNETES_NAMESPACE: namespace }
        return await startController(onTestFinished, { api, edge, token, settings })
      }),
    )
    const claims = async () => (await edge.claims()).map(({ owner, phone, state }) => [owner, phone, state])
    await until(async () => (await claims()).filter(([, , state]) => state === 'live').length === 2, PATIENCE)
    const [id] = token.split('.').slice(2)
    expect((await claims()).sort()).toEqual(
      namespaces
        .map((name) => [`home/${name}/mosquitto`, `controller.${id}.${name}.homeport-controller`, 'live'])
        .sort(),
    )
    expect(controllers.map(({ stdout }) => /takes no call/.test(stdout))).toEqual([false, false])
  }, 180_000)
})

async function backends(edge: EdgeProcess): Promise<string[][]> {
  return (await edge.routes()).map((route) => route.backends.map(({ address }) => address).sort())
}

async function aService(api: ApiServer, namespace: string, port: number): Promise<void> {
  await api.client.create(`/api/v1/namespaces/${namespace}/services`, {
    metadata: { name: 'mosquitto' },
    spec: { type: 'LoadBalancer', loadBalancerClass: 'homeport.dev/edge', ports: [{ port }] },
  })
}

async function aPod(api: ApiServer, namespace: string, nodeName: string, hostIP: string): Promise<void> {
  await api.client.create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: { name: 'mosquitto-0' },
    spec: { nodeName, containers: [{ name: 'a', image: 'a' }] },
  })
  await setHost(api, namespace, hostIP)
}

async function setHost(api: ApiServer, namespace: string, hostIP: string): Promise<void> {
  await api.client.patch(`/api/v1/namespaces/${namespace}/pods/mosquitto-0/status`, {
    status: {
      phase: 'Running',
      hostIP,
      hostIPs: [{ ip: hostIP }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })
}
