import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { EDGE_ADDRESS, startController } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { addNode, nodeAddress, nodePort } from '../../src/testing/kubernetes/nodes.ts'
import { conditionOf, Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { proxyHeaderServer } from '../../src/testing/proxy-header-server.ts'
import { until } from '../../src/testing/until.ts'

const FINALIZERS = ['service.kubernetes.io/load-balancer-cleanup', 'homeport.dev/edge']
const [N1, N2] = [nodeAddress(), nodeAddress()]

describe.skipIf(noApiServer)('a Service', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let services: Services

  beforeAll(async () => {
    ;[api, edge] = await Promise.all([ApiServer.start(stack.defer), EdgeProcess.start(stack.defer)])
    await addNode(api, 'n1', N1, '2001:db8::1')
    await addNode(api, 'n2', N2, '2001:db8::2')
    const settings = { DEFAULT_CLASS: 'true', ADDRESSES: `${EDGE_ADDRESS},2001:db8::5` }
    await startController(stack.defer, { api, edge, settings })
  })
  afterAll(() => stack.release())
  beforeEach(async () => {
    services = new Services(api, await api.namespace(onTestFinished))
  })

  /** Something that answers at this node port of both nodes, with the node's name and what it is called. */
  async function answering(name: string, port = nodePort()): Promise<number> {
    for (const [node, host] of [
      ['n1', N1],
      ['n2', N2],
    ] as const) {
      await echoServer(onTestFinished, { host, port, name: `${name}@${node}` })
    }
    return port
  }

  const answers = async (port: number, what: RegExp, localAddress = '127.0.0.1') =>
    await until(async () => what.test(await connectAndRead({ port, localAddress })), {
      what: `${what} at ${port}`,
    })
  const refuses = async (port: number, localAddress = '127.0.0.1') =>
    await until(
      () =>
        connectAndRead({ port, localAddress }).then(
          () => false,
          () => true,
        ),
      { what: `${port} being closed` },
    )

  it('of many ports has each of them lead where it should, also those with a name for a target', async () => {
    const ports = await freePorts(12)
    const nodePorts = await Promise.all(ports.map((port) => answering(`p${port}`)))
    await services.create('many', {
      ports: ports.map((port, at) => ({
        ...{ name: `port-${at}`, port, targetPort: `target-${at}`, nodePort: nodePorts[at] },
      })),
    })
    const service = await services.told('many', 'Live')
    expect(service.status.loadBalancer.ingress).toEqual([
      { ip: EDGE_ADDRESS, ipMode: 'VIP', ports: ports.map((port) => ({ port, protocol: 'TCP' })) },
    ])
    for (const port of ports) expect(await connectAndRead({ port })).toContain(`p${port}@`)
  })

  it('whose ports change has the new ones, and closes the old', async () => {
    const [first = 0, second = 0] = await freePorts(2)
    const [one, two] = [await answering('one'), await answering('two')]
    await services.create('web', { ports: [{ port: first, nodePort: one }] })
    await services.told('web', 'Live')
    await answers(first, /^one@/)
    await services.patch('web', { spec: { ports: [{ port: second, nodePort: one }] } })
    await answers(second, /^one@/)
    await refuses(first)
    await services.patch('web', { spec: { ports: [{ port: second, nodePort: two }] } })
    await answers(second, /^two@/)
    expect(conditionOf(await services.told('web', 'Live'))?.message).toContain(`tcp/${second}`)
  })

  it('that was made with a finalizer of ours, from a backup, say, is let go all the same', async () => {
    const port = await freePort()
    const finalizers = ['homeport.dev/edge', 'example.com/other']
    await services.create('web', { ports: [{ port, nodePort: await answering('web') }] }, {}, finalizers)
    await services.told('web', 'Live')
    await services.delete('web')
    await until(async () => (await services.get('web')).metadata.finalizers?.join() === 'example.com/other')
    await refuses(port)
    await services.patch('web', { metadata: { finalizers: null } })
  })

  it('that becomes a ClusterIP and comes back loses all that was ours, and gets it again', async () => {
    const port = await freePort()
    const spec = { ports: [{ port, nodePort: await answering('web') }] }
    await services.create('web', spec)
    await services.told('web', 'Live')
    await services.patch('web', {
      spec: { type: 'ClusterIP', loadBalancerClass: null, allocateLoadBalancerNodePorts: null },
    })
    const cleared = await until(async () => {
      const service = await services.get('web')
      return !service.metadata.finalizers && service
    })
    expect(cleared.status).toEqual({ loadBalancer: {} })
    await refuses(port)
    await services.patch('web', {
      spec: { type: 'LoadBalancer', loadBalancerClass: 'homeport.dev/edge', ...spec },
    })
    const back = await services.told('web', 'Live')
    expect(back.metadata.finalizers).toEqual(FINALIZERS)
    expect(back.status.loadBalancer.ingress).toHaveLength(1)
    await answers(port, /^web@/)
  })

  it('is held by finalizers, and takes its port with it when it is deleted', async () => {
    const port = await freePort()
    await services.create('web', { ports: [{ port, nodePort: await answering('web') }] })
    const { metadata } = await services.told('web', 'Live')
    expect(metadata.finalizers).toEqual(FINALIZERS)
    expect(await connectAndRead({ port })).toMatch(/^web@/)
    await services.delete('web')
    await services.gone('web')
    await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
    expect((await edge.claims()).filter(({ port: claimed }) => claimed === port)).toEqual([])
  })

  it("gets back what a cloud's own controller takes off it: a finalizer, the address", async () => {
    const port = await freePort()
    await services.create('web', { ports: [{ port, nodePort: await answering('web') }] })
    const { status } = await services.told('web', 'Live')
    await services.patch('web', { metadata: { finalizers: ['homeport.dev/edge'] } })
    await services.patch('web/status', { status: { loadBalancer: { ingress: null } } })
    const back = await until(async () => {
      const service = await services.get('web')
      return service.metadata.finalizers?.length === 2 && service.status.loadBalancer.ingress && service
    })
    expect(new Set(back.metadata.finalizers)).toEqual(new Set(FINALIZERS))
    expect(back.status).toEqual(status)
  })

  it('is told which port it cannot have, and has it as soon as it is free', async () => {
    const program = await echoServer(onTestFinished, { port: await freePort(), name: 'program' })
    await services.create('web', { ports: [{ port: program.port, nodePort: await answering('web') }] })
    const refused = await services.told('web', 'PortTakenOnHost')
    expect(conditionOf(refused)?.status).toBe('False')
    expect(refused.status.loadBalancer.ingress).toBeUndefined()
    await program.stop()
    await services.told('web', 'Live')
  })

  it('of datagrams alone cannot be served, and is told so once', async () => {
    await services.create('coap', { ports: [{ port: 5683, protocol: 'UDP', nodePort: nodePort() }] })
    const { status } = await services.told('coap', 'ProtocolUnsupported')
    expect(status.loadBalancer.ingress).toBeUndefined()
    await services.event('coap', 'ProtocolUnsupported')
    expect(await services.events('coap')).toMatchObject([{ type: 'Warning' }])
  })

  it('says how the edge speaks to its pods, and changes that', async () => {
    const [port, node] = [await freePort(), nodePort()]
    await proxyHeaderServer(onTestFinished, { host: N1, port: node })
    await proxyHeaderServer(onTestFinished, { host: N2, port: node })
    const annotations = { 'homeport.dev/proxy-protocol': 'v2', 'homeport.dev/check': 'none' }
    await services.create('web', { ports: [{ port, nodePort: node }] }, annotations)
    const service = await services.told('web', 'Live')
    // kube-proxy must not short-cut it: the pods would miss the header.
    expect(service.status.loadBalancer.ingress).toMatchObject([{ ipMode: 'Proxy' }])
    await answers(port, /^v2 127\.0\.0\.9 /, '127.0.0.9')
    await services.annotate('web', { 'homeport.dev/proxy-protocol': 'v1' })
    await answers(port, /^v1 127\.0\.0\.9 /, '127.0.0.9')
  })

  it('of type NodePort is served at the ports that it names, without an ingress', async () => {
    const port = await freePort()
    await services.create(
      'np',
      {
        ...{ type: 'NodePort', loadBalancerClass: undefined },
        ports: [{ name: 'mqtts', port: 1883, nodePort: await answering('np') }],
      },
      { 'homeport.dev/ports': `${port}:mqtts` },
    )
    const service = await services.told('np', 'Live')
    expect(service.status.loadBalancer).toEqual({})
    await answers(port, /^np@/)
    await services.annotate('np', { 'homeport.dev/ports': null })
    await refuses(port)
    await until(async () => !conditionOf(await services.get('np')))
  })

  it('without node ports cannot be served, and is told so', async () => {
    const ports = [{ port: await freePort() }]
    await services.create('bare', { ports, allocateLoadBalancerNodePorts: false })
    const headless = { type: 'ClusterIP', loadBalancerClass: undefined, clusterIP: 'None', ports }
    await services.create('headless', headless, {
      'homeport.dev/ports': `${await freePort()}:${ports[0]?.port}`,
    })
    for (const [name, why] of [
      ['bare', 'allocateLoadBalancerNodePorts: false'],
      ['headless', 'clusterIP: None'],
    ] as const) {
      expect(conditionOf(await services.told(name, 'NoNodePort'))).toMatchObject({
        ...{ status: 'False', message: expect.stringContaining(why) },
      })
      expect(await services.event(name, 'NoNodePort')).toMatchObject({ type: 'Warning' })
    }
  })

  it('without a selector follows the EndpointSlices that somebody made by hand', async () => {
    const port = await freePort()
    const spec = { externalTrafficPolicy: 'Local', ports: [{ port, nodePort: await answering('db') }] }
    await services.create('db', spec, { 'homeport.dev/check': 'tcp' })
    const slices = `/apis/discovery.k8s.io/v1/namespaces/${services.namespace}/endpointslices`
    const slice = (nodeName: string) => ({
      metadata: { name: 'by-hand', labels: { 'kubernetes.io/service-name': 'db' } },
      addressType: 'IPv4',
      ports: [{ port: 5432 }],
      endpoints: [{ addresses: ['10.9.9.9'], nodeName, conditions: { ready: true } }],
    })
    await api.client.create(slices, slice('n2'))
    await answers(port, /^db@n2/)
    await api.client.patch(`${slices}/by-hand`, slice('n1'))
    await answers(port, /^db@n1/)
  })

  it('of both families has both addresses of the edge, and nodes by the family that it prefers', async () => {
    const [four = 0, six = 0] = await freePorts(2)
    const spec = (port: number) => ({ ports: [{ port, nodePort: nodePort() }] })
    const dual = { ipFamilyPolicy: 'RequireDualStack', ipFamilies: ['IPv4', 'IPv6'] }
    await services.create('dual', { ...dual, ...spec(four) })
    await services.create('six', { ipFamilies: ['IPv6'], ...spec(six) })
    const ips = async (name: string) =>
      (await services.served(name)).status.loadBalancer.ingress?.map(({ ip }) => ip)
    expect(await ips('dual')).toEqual([EDGE_ADDRESS, '2001:db8::5'])
    expect(await ips('six')).toEqual(['2001:db8::5'])
    const routes = await edge.routes()
    const backends = (port: number) =>
      routes.find((route) => route.port === port)?.backends.map(({ address }) => address)
    expect(backends(four)?.sort()).toEqual([N1, N2].sort())
    expect(backends(six)?.sort()).toEqual(['2001:db8::1', '2001:db8::2'])
  })

  it('without a class is served where the settings say so, and one of another class is left alone', async () => {
    const [mine = 0, theirs = 0] = await freePorts(2)
    const spec = { ports: [{ port: mine, nodePort: await answering('web') }] }
    const other = { loadBalancerClass: 'example.com/lb', ports: [{ port: theirs, nodePort: nodePort() }] }
    await services.create('theirs', other)
    await services.create('mine', { ...spec, loadBalancerClass: undefined })
    await services.told('mine', 'Live')
    await answers(mine, /^web@/)
    const { metadata, status } = await services.get('theirs')
    expect([metadata.finalizers, status]).toEqual([undefined, { loadBalancer: {} }])
  })

  it('is looked after by kube-proxy where a Service is there for that, and by its own node port where none is', async () => {
    const [port, own] = [await freePort(), await answering('web')]
    await services.create('web', { ports: [{ port, nodePort: own }] })
    await services.told('web', 'Live')
    const isChecked = async (at: number) =>
      new RegExp(`:${own} .* port ${at}\\b`).test(await readFile(edge.haproxyConfig, 'utf8'))
    const ours = new Services(api, 'default')
    const health = (where: Services) =>
      where.create('homeport-node-health', {
        ...{ loadBalancerClass: 'homeport.dev/node-health', externalTrafficPolicy: 'Local' },
        ...{ allocateLoadBalancerNodePorts: false, ports: [{ port: 1 }] },
      })
    // Anybody can make one.
    await health(services)
    await health(ours)
    const { spec, metadata } = await ours.get('homeport-node-health')
    await answering('kube-proxy', spec.healthCheckNodePort)
    await until(() => isChecked(spec.healthCheckNodePort ?? 0), { what: 'a check of kube-proxy' })
    expect(metadata.finalizers).toBeUndefined()
    await answers(port, /^web@/)
    await ours.delete('homeport-node-health')
    await until(async () => !(await isChecked(spec.healthCheckNodePort ?? 0)), { what: 'its end' })
    await answers(port, /^web@/)
  })

  it('lets only those in that it names', async () => {
    const port = await freePort()
    const ports = [{ port, nodePort: await answering('web') }]
    await services.create('web', { ports, loadBalancerSourceRanges: ['127.0.0.9/32'] })
    await services.told('web', 'Live')
    await answers(port, /^web@/, '127.0.0.9')
    await expect(connectAndRead({ port, localAddress: '127.0.0.8' })).rejects.toThrow()
    await services.patch('web', { spec: { loadBalancerSourceRanges: ['127.0.0.8/32'] } })
    await answers(port, /^web@/, '127.0.0.8')
    await expect(connectAndRead({ port, localAddress: '127.0.0.9' })).rejects.toThrow()
  })

  it('keeps a client at one node where it asks for that', async () => {
    const port = await freePort()
    const ports = [{ port, nodePort: await answering('web') }]
    await services.create('web', { ports, sessionAffinity: 'ClientIP' })
    await services.told('web', 'Live')
    await until(async () => {
      const [route] = (await edge.routes()).filter((one) => one.port === port)
      return route?.backends.length === 2 && route.backends.every(({ health }) => health === 'up')
    })
    const nodes = async (localAddress: string) =>
      new Set(await Promise.all(Array.from({ length: 8 }, () => connectAndRead({ port, localAddress }))))
    for (let client = 20; client < 30; client++)
      expect(await nodes(`127.0.0.${client}`)).toHaveProperty('size', 1)
    await services.patch('web', { spec: { sessionAffinity: 'None' } })
    await until(async () => (await nodes('127.0.0.20')).size === 2)
  })

  it('of which the edge carries one protocol and not the other has its status say so port by port', async () => {
    const port = await freePort()
    const node = await answering('dns')
    await services.create('dns', {
      ports: [
        { name: 'tcp', protocol: 'TCP', port, nodePort: node },
        { name: 'udp', protocol: 'UDP', port, nodePort: node },
      ],
    })
    const service = await services.told('dns', 'ProtocolUnsupported')
    expect(conditionOf(service)?.status).toBe('False')
    expect(service.status.loadBalancer.ingress).toEqual([
      {
        ...{ ip: EDGE_ADDRESS, ipMode: 'Proxy' },
        ports: [
          { port, protocol: 'TCP' },
          { port, protocol: 'UDP', error: 'homeport.dev/ProtocolUnsupported' },
        ],
      },
    ])
    await answers(port, /^dns@/)
    await services.event('dns', 'ProtocolUnsupported')
  })
})
