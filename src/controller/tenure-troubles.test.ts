import { describe, expect, it, onTestFinished } from 'vitest'
import { clusterRules, serviceObject, sliceObject } from '../testing/cluster.ts'
import { DocumentEdge } from '../testing/document-edge.ts'
import { leading, nginx, other, pass } from '../testing/leading.ts'

describe('a trouble that may pass', () => {
  it('of the edge is not told of thousands of Services while HAProxy restarts', async () => {
    const { clock, edge, events, writes } = await leading([nginx, other])
    const [told, written] = [events.length, writes.length]
    for (const port of [443, 8443]) edge.refused.set(port, 'haproxy-unavailable')
    // It is heard of with the next call, after 10 s.
    await clock.advance(15_000)
    edge.refused.clear()
    await clock.advance(60_000)
    expect([events.length, writes.length]).toEqual([told, written])
  })

  it('is told when it lasts, once', async () => {
    const { clock, edge, events, status } = await leading([nginx])
    edge.refused.set(443, 'haproxy-unavailable')
    await clock.advance(60_000)
    expect(events).toEqual(['web/nginx Live', 'web/nginx HaproxyUnavailable'])
    expect(status()?.conditions).toMatchObject([{ status: 'False', reason: 'HaproxyUnavailable' }])
    edge.refused.clear()
    await clock.advance(20_000)
    expect(status()?.conditions).toMatchObject([{ status: 'True', reason: 'Live' }])
  })

  it('is told of backends that are down, and that they are up again', async () => {
    const { clock, edge, events, status } = await leading([nginx])
    edge.health = 'down'
    await clock.advance(60_000)
    expect(status()).toMatchObject({
      ingress: [{ ip: '203.0.113.5' }],
      conditions: [
        { status: 'True', reason: 'BackendsDown', message: expect.stringMatching(/Layer4 timeout/) },
      ],
    })
    edge.health = 'up'
    await clock.advance(20_000)
    expect(status()?.conditions).toMatchObject([{ status: 'True', reason: 'Live' }])
    expect(events).toEqual(['web/nginx Live', 'web/nginx BackendsDown', 'web/nginx Live'])
  })
})

describe('a Service of which no endpoint is ready', () => {
  const health = serviceObject({
    ...{
      key: 'homeport/homeport-node-health',
      namespace: 'homeport',
      name: 'homeport-node-health',
      externalTrafficPolicy: 'Local',
    },
    ...{ loadBalancerClass: 'homeport.dev/node-health', healthCheckNodePort: 31_999 },
  })

  it('is told when it lasts, since the edge asks after the nodes alone', async () => {
    const { clock, events, stores, status } = await leading([health, nginx])
    await clock.advance(5_000)
    expect(status()?.conditions).toMatchObject([{ reason: 'Live' }])
    await clock.advance(30_000)
    const message = expect.stringMatching(/no endpoint of the Service is ready/)
    expect(status()).toMatchObject({
      ingress: [{ ip: '203.0.113.5' }],
      conditions: [{ status: 'True', reason: 'BackendsDown', message }],
    })
    stores.slices.set('web/nginx-abc', sliceObject(['n1']))
    await pass(clock)
    expect(status()?.conditions).toMatchObject([{ status: 'True', reason: 'Live' }])
    // A pod that restarts within seconds is nobody's matter.
    stores.slices.set('web/nginx-abc', undefined)
    await clock.advance(5_000)
    stores.slices.set('web/nginx-abc', sliceObject(['n1']))
    await clock.advance(30_000)
    expect(events).toEqual(['web/nginx Live', 'web/nginx BackendsDown', 'web/nginx Live'])
  })

  it('is left to the edge where it tries the node ports', async () => {
    const { clock, events } = await leading([nginx])
    await clock.advance(60_000)
    expect(events).toEqual(['web/nginx Live'])
  })
})

it('a new leader leaves what is said of backends that are down', async () => {
  const before = await leading([nginx])
  before.edge.health = 'down'
  await before.clock.advance(60_000)
  const edge = new DocumentEdge()
  edge.health = 'down'
  const services = [...before.stores.services.entries()].map(([, service]) => service)
  const { clock, events, writes } = await leading(services, clusterRules, edge)
  await clock.advance(60_000)
  expect([events, writes]).toEqual([[], []])
})

describe('the setting that no address is short-cut,', () => {
  const first = {
    ip: '203.0.113.5',
    ipMode: 'VIP' as const,
    ports: [{ port: 443, protocol: 'TCP' as const }],
  }
  const served = { ...nginx, status: { ingress: [first], conditions: [] } }

  it.each([
    ['is away', served, false],
    ['says nothing', served, true],
    // What such a Service wants, only the edge knows.
    ['alone knows what is wanted', { ...served, annotations: { 'homeport.dev/check': 'htp:/x' } }, false],
  ])('holds at once, also while the edge %s: `VIP` may be why', async (_, service, isSlow) => {
    const edge = new DocumentEdge()
    edge.isDown = true
    const answer = Promise.withResolvers<void>()
    const recall = edge.recall.bind(edge)
    if (isSlow) edge.recall = () => answer.promise.then(recall)
    const { clock, status } = await leading([service], { ...clusterRules, ipMode: 'Proxy' }, edge)
    onTestFinished(() => answer.resolve())
    await clock.advance(6_000)
    expect(status()?.ingress).toEqual([{ ...first, ipMode: 'Proxy' }])
  })
})

describe('a port that is added', () => {
  const grown = [...nginx.ports, { port: 9443, protocol: 'TCP' as const, nodePort: 30_944 }]

  it.each([
    ['is slow to answer', true],
    ['is away', false],
  ])('is not taken by kube-proxy while the edge %s', async (_, isSlow) => {
    const { clock, edge, set, status, stores } = await leading([nginx])
    expect(status()?.ingress).toMatchObject([{ ipMode: 'VIP' }])
    edge.isDown = true
    const put = edge.put.bind(edge)
    const answer = Promise.withResolvers<void>()
    onTestFinished(() => answer.resolve())
    if (isSlow) edge.put = (wanted) => answer.promise.then(() => put(wanted))
    set({ ...nginx, ...stores.services.get('web/nginx'), ports: grown })
    await pass(clock)
    const conditions = [{ status: isSlow ? 'True' : 'Unknown' }]
    expect(status()).toMatchObject({ ingress: [{ ipMode: 'Proxy' }], conditions })
  })

  it('nor where the Service is being deleted', async () => {
    const { clock, edge, set, status, stores } = await leading([nginx])
    edge.isDown = true
    set({ ...nginx, ...stores.services.get('web/nginx'), deleting: true, ports: grown })
    await pass(clock)
    expect(status()?.ingress).toMatchObject([{ ipMode: 'Proxy' }])
  })
})

describe('a document that the edge refuses as a whole', () => {
  const port = (at: number) => ({ port: 1_000 + at, protocol: 'TCP' as const, nodePort: 30_000 + at })

  it('closes nobody a port: what the edge took before is kept, until the document is one that it takes', async () => {
    const { clock, edge, events, set, stores } = await leading([nginx])
    edge.room = 10
    const greedy = { ...other, ports: Array.from({ length: 50 }, (_, at) => port(at)) }
    set(greedy)
    const before = edge.renewals
    await clock.advance(600_000)
    expect(edge.renewals - before).toBeGreaterThanOrEqual(60)
    expect(edge.ports).toEqual([443])
    expect(events).toEqual(['web/nginx Live'])
    set({ ...greedy, ...stores.services.get(greedy.key), ports: [port(1)] })
    await clock.advance(20_000)
    expect(edge.ports).toEqual([443, 1_001])
  })

  it('is not made by one Service that asks for very much', async () => {
    const { edge, events, status } = await leading([
      nginx,
      { ...other, ports: Array.from({ length: 20_001 }, (_, at) => port(at)) },
    ])
    expect(edge.ports).toHaveLength(251)
    expect(events).toContain('mqtt/mosquitto TooManyPorts')
    expect(status('mqtt/mosquitto')?.conditions).toMatchObject([{ status: 'False', reason: 'TooManyPorts' }])
    expect(status()?.conditions).toMatchObject([{ status: 'True' }])
  })
})
