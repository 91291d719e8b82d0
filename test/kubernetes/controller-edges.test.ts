import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { startController, tokenFileFor } from '../../src/testing/controller-process.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { addNode, nodeAddress, nodePort } from '../../src/testing/kubernetes/nodes.ts'
import { conditionOf, eventsIn, Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

const [FRA, AMS] = ['203.0.113.5', '198.51.100.7']

describe.skipIf(noApiServer)('a controller of two edges', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let fra: EdgeProcess
  let ams: EdgeProcess
  let services: Services

  beforeAll(async () => {
    ;[api, fra, ams] = await Promise.all([
      // With what ends a namespace that is deleted.
      ApiServer.start(stack.defer, { controllers: true }),
      // Each has loopback addresses of its own, as two machines have.
      EdgeProcess.start(stack.defer, { env: { HOMEPORT_EDGE_HAPROXY_BIND: '127.0.0.11' } }),
      EdgeProcess.start(stack.defer, { env: { HOMEPORT_EDGE_HAPROXY_BIND: '127.0.0.12' } }),
    ])
    await addNode(api, 'n1', nodeAddress())
    const tokens = [await fra.token(), await ams.token()].join('\n')
    await startController(stack.defer, {
      ...{ api, edge: fra, tokenFile: await tokenFileFor(stack.defer, tokens) },
      settings: {
        EDGES: `fra=https://127.0.0.1:${fra.apiPort},ams=https://127.0.0.1:${ams.apiPort}`,
        ADDRESSES: `fra=${FRA},ams=${AMS}`,
        RELEASE_TIMEOUT: '3s',
      },
    })
  })
  afterAll(() => stack.release())
  beforeEach(async () => {
    services = new Services(api, await api.namespace(onTestFinished))
  })

  const portsOf = async (edge: EdgeProcess) =>
    (await edge.routes()).filter(({ state }) => state === 'live').map(({ port }) => port)
  const ipsOf = async (name: string) =>
    (await services.get(name)).status.loadBalancer.ingress?.map(({ ip }) => ip)

  async function create(name: string, spec: object = {}, annotations = {}): Promise<number> {
    const port = await freePort()
    await services.create(name, { ports: [{ port, nodePort: nodePort() }], ...spec }, annotations)
    return port
  }

  it('has a Service at all of them, at the one of its class, and at those that it picks', async () => {
    const all = await create('all')
    const one = await create('one', { loadBalancerClass: 'homeport.dev/edge-ams' })
    const picked = await create('picked', {}, { 'homeport.dev/edges': 'fra' })
    for (const name of ['all', 'one', 'picked']) await services.served(name)
    const [atFra, atAms] = [await portsOf(fra), await portsOf(ams)]
    expect([all, one, picked].map((port) => [atFra.includes(port), atAms.includes(port)])).toEqual([
      [true, true],
      [false, true],
      [true, false],
    ])
    expect([await ipsOf('all'), await ipsOf('one'), await ipsOf('picked')]).toEqual([
      [FRA, AMS],
      [AMS],
      [FRA],
    ])
    await services.annotate('picked', { 'homeport.dev/edges': 'ams' })
    await until(async () => (await ipsOf('picked'))?.join() === AMS)
    expect(await portsOf(fra)).not.toContain(picked)
  })

  it('leaves a Service alone that is of an edge which another controller may have', async () => {
    await create('theirs', { loadBalancerClass: 'homeport.dev/edge-nyc' })
    const port = await freePort()
    await services.create('web', { ports: [{ port, nodePort: nodePort() }] })
    await services.told('web', 'Live')
    const { metadata, status } = await services.get('theirs')
    expect([metadata.finalizers, status]).toEqual([undefined, { loadBalancer: {} }])
  })

  it('has a port refused at one edge stand there, and be served at the other', async () => {
    const port = await freePort()
    const claim = { owner: 'other/ssh', port, backends: [{ address: '127.0.0.2', port: 22 }] }
    const rival = await fra.phone('rival', { cluster: 'other' })
    await rival.put({ claims: [claim] })
    await services.create('web', { ports: [{ port, nodePort: nodePort() }] })
    const service = await services.told('web', 'PortTaken')
    expect(conditionOf(service)?.message).toMatch(/edge fra: .*other\/other\/ssh/)
    expect(service.status.loadBalancer.ingress).toMatchObject([{ ip: AMS }])
    expect((await services.event('web', 'PortTaken')).note).toContain('other/other/ssh')
    await rival.release()
    await services.served('web')
    expect(await ipsOf('web')).toEqual([FRA, AMS])
  })

  it('goes on with the others while one is away: its address stays, and one Event says that it is away', async () => {
    await create('old')
    await services.served('old')
    await ams.stop()
    // What it wants now, the edge that is away has never heard of.
    await services.annotate('old', { 'homeport.dev/allow': '127.0.0.0/8' })
    await until(async () => (await fra.routes()).some(({ allow }) => allow?.length === 1))
    const fresh = await create('new')
    await until(async () => (await portsOf(fra)).includes(fresh))
    expect(conditionOf(await services.told('new', 'EdgeUnreachable'))?.status).toBe('Unknown')
    expect(await ipsOf('new')).toEqual([FRA])
    expect(await ipsOf('old')).toEqual([FRA, AMS])
    // A Service that goes is not held for longer than the setting says.
    await services.delete('old')
    await services.gone('old')
    await ams.start()
    await services.served('new')
    expect(await ipsOf('new')).toEqual([FRA, AMS])
    const told = (await eventsIn(api, 'default')).filter(({ regarding }) => regarding.kind === 'Lease')
    const about = (reason: string) => told.filter((event) => event.reason === reason).map(({ note }) => note)
    expect(about('EdgeUnavailable')).toEqual([expect.stringMatching(/^The edge ams takes no call/)])
    expect(about('EdgeAnswers')).toEqual(['The edge ams answers again.'])
  })

  it('lets a namespace go that is deleted while an edge is away, as late as the setting says', async () => {
    const port = await create('web')
    await services.served('web')
    await ams.stop()
    const path = `/api/v1/namespaces/${services.namespace}`
    await api.client.delete(path)
    await until(async () => (await services.get('web')).metadata.deletionTimestamp)
    await until(async () => !(await portsOf(fra)).includes(port))
    // The edge that is away may still have the port: it is held for that.
    expect(await services.exists('web')).toBe(true)
    await until(async () => !(await api.client.exists(path)), { deadline: 60_000, what: 'its end' })
    await ams.start()
    await until(async () => !(await portsOf(ams)).includes(port), { deadline: 30_000 })
  })
})
