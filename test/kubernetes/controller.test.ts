import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { EDGE_ADDRESS, leads, startController } from '../../src/testing/controller-process.ts'
import { type EchoServer, echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import type { KubernetesList } from '../../src/testing/kubernetes/client.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

/** What tests look at in a Service. */
interface Service {
  readonly metadata: { readonly finalizers?: readonly string[] }
  readonly status: {
    readonly loadBalancer: { readonly ingress?: readonly unknown[] }
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason: string
    }[]
  }
}

interface Event {
  readonly type: string
  readonly reason: string
  readonly involvedObject: { readonly name: string }
}

describe.skipIf(noApiServer)('homeport controller, on a real API server and a real edge', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let node: EchoServer

  beforeAll(async () => {
    ;[api, edge, node] = await Promise.all([
      ApiServer.start(stack.defer),
      EdgeProcess.start(stack.defer),
      echoServer(stack.defer, {
        host: '127.0.0.2',
        port: 30_000 + Math.floor(Math.random() * 2_000),
        name: 'node',
      }),
    ])
    await api.client.create('/api/v1/nodes', { metadata: { name: 'n1' } })
    await api.client.patch('/api/v1/nodes/n1/status', {
      status: {
        addresses: [{ type: 'InternalIP', address: node.host }],
        conditions: [{ type: 'Ready', status: 'True' }],
      },
    })
    await leads(await startController(stack.defer, { api, edge }))
  })
  afterAll(() => stack.release())

  const services = (namespace: string) => `/api/v1/namespaces/${namespace}/services`
  const serviceOf = (namespace: string, name = 'mosquitto') =>
    api.client.get<Service>(`${services(namespace)}/${name}`)

  async function aService(namespace: string, port: number, spec: object = {}, name = 'mosquitto') {
    await api.client.create(services(namespace), {
      metadata: { name },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: 'homeport.dev/edge',
        ports: [{ name: 'mqtts', port, nodePort: node.port, protocol: 'TCP' }],
        ...spec,
      },
    })
  }

  const conditionOf = ({ status }: Service) =>
    status.conditions?.find(({ type }) => type === 'homeport.dev/Live')

  it('serves a Service of its class, tells it where, and closes the port with it', async () => {
    const [namespace, port] = [await api.namespace(onTestFinished), await freePort()]
    await aService(namespace, port)
    const live = await until(async () => {
      const service = await serviceOf(namespace)
      return conditionOf(service)?.status === 'True' && service
    })
    expect(live.status.loadBalancer.ingress).toEqual([{ ip: EDGE_ADDRESS, ipMode: 'VIP' }])
    expect(live.metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup'])
    expect(await connectAndRead({ port })).toMatch(/^node /)
    await api.client.delete(`${services(namespace)}/mosquitto`)
    await until(async () => !(await api.client.exists(`${services(namespace)}/mosquitto`)))
    await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
  })

  it('says which port it cannot have, and why', async () => {
    const namespace = await api.namespace(onTestFinished)
    const [taken] = await freePorts(1)
    const program = await echoServer(onTestFinished, { port: taken ?? 0, name: 'program' })
    await aService(namespace, program.port)
    const refused = await until(async () => {
      const service = await serviceOf(namespace)
      return conditionOf(service)?.status === 'False' && service
    })
    expect(conditionOf(refused)?.reason).toBe('PortTakenOnHost')
    expect(refused.status.loadBalancer.ingress).toBeUndefined()
    await program.stop()
    await until(async () => conditionOf(await serviceOf(namespace))?.status === 'True')
  })

  const withoutNodePort = [{ name: 'mqtts', port: 8883, protocol: 'TCP' }]
  const datagrams = [{ name: 'coap', port: 5683, protocol: 'UDP' }]
  it.each([
    ['no node port', 'NoNodePort', { allocateLoadBalancerNodePorts: false, ports: withoutNodePort }],
    ['datagrams', 'ProtocolUnsupported', { ports: datagrams }],
  ])('tells a Service with %s that it cannot be served', async (_, reason, spec) => {
    const namespace = await api.namespace(onTestFinished)
    await aService(namespace, 1, spec)
    const events = await until(async () => {
      const list = `/api/v1/namespaces/${namespace}/events`
      const { items } = await api.client.get<KubernetesList<Event>>(list)
      return items.length > 0 && items
    })
    expect(events).toMatchObject([{ type: 'Warning', reason, involvedObject: { name: 'mosquitto' } }])
    const service = await serviceOf(namespace)
    expect(conditionOf(service)).toMatchObject({ status: 'False', reason })
    expect(service.status.loadBalancer.ingress).toBeUndefined()
  })
})
