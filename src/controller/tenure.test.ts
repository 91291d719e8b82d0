import { describe, expect, it } from 'vitest'
import type { ServiceObject } from '../core/kubernetes/objects.ts'
import { clusterRules, nodeObject, serviceObject, sliceObject } from '../testing/cluster.ts'
import { DocumentEdge } from '../testing/document-edge.ts'
import { leading, nginx, other, pass, RELEASE_TIME } from '../testing/leading.ts'
import { FINALIZERS } from './service-writer.ts'

/** Services of one port each. */
function crowd(size: number): ServiceObject[] {
  return Array.from({ length: size }, (_, index) =>
    serviceObject({
      ...{ managed: false, key: `web/s${index}`, name: `s${index}` },
      ports: [{ port: 1000 + index, protocol: 'TCP', nodePort: 30000 + index }],
    }),
  )
}

describe('a Service of our class', () => {
  it('gets its ports, its finalizers and its status, and then nothing more is written', async () => {
    const { clock, edge, writes, events, status } = await leading([nginx, other])
    expect(edge.documents).toMatchObject([{ fence: 7, claims: [{ port: 443 }, { port: 8443 }] }])
    expect(status()?.ingress).toEqual([
      { ip: '203.0.113.5', ipMode: 'VIP', ports: [{ port: 443, protocol: 'TCP' }] },
    ])
    expect(new Set(events)).toEqual(new Set(['web/nginx Live', 'mqtt/mosquitto Live']))
    const written = writes.length
    expect(written).toBe(4)
    await clock.advance(300_000)
    expect(writes).toHaveLength(written)
    expect(edge.documents).toHaveLength(1)
    expect(edge.renewals).toBeGreaterThan(20)
  })

  it('is written to when it is claimed, and soon where the edge says nothing', async () => {
    const edge = new DocumentEdge()
    const answer = Promise.withResolvers<void>()
    edge.answers = answer.promise
    const { clock, writes } = await leading([nginx], clusterRules, edge)
    expect(writes).toEqual([])
    await clock.advance(5_000)
    expect(writes).toEqual(['finalizers web/nginx'])
    answer.resolve()
    await pass(clock)
    expect(writes).toEqual(['finalizers web/nginx', 'status web/nginx'])
  })

  it('claims nothing before the whole cluster is known: the first document leaves nobody out', async () => {
    const { edge } = await leading(crowd(50))
    expect(edge.documents[0]?.claims).toHaveLength(50)
  })

  it('costs its own two writes where 5,000 come at once, and the edge few documents', async () => {
    const { clock, edge, writes, events, set } = await leading([])
    for (const service of crowd(5_000)) set(service)
    await pass(clock)
    await clock.advance(60_000)
    expect(edge.ports).toHaveLength(5_000)
    expect([writes.length, events.length]).toEqual([10_000, 5_000])
    expect(edge.documents.length).toBeLessThan(10)
  })

  it('has its status again where another hand has emptied it', async () => {
    const { clock, stores, set, status } = await leading([nginx])
    const { ingress, conditions } = status() ?? {}
    set({
      ...nginx,
      ...stores.services.get('web/nginx'),
      status: { ingress: [], conditions: conditions ?? [] },
    })
    await pass(clock)
    expect(status()?.ingress).toEqual(ingress)
  })

  it('moves with its nodes', async () => {
    const { clock, edge, stores } = await leading([nginx])
    stores.nodes.set('n1', nodeObject('n1', '10.0.0.9'))
    await pass(clock)
    expect(edge.documents.at(-1)?.claims).toMatchObject([
      { backends: [{ address: '10.0.0.9', port: 30443 }] },
    ])
  })

  it('is checked by the one Service that is there for that, and by no other of its class', async () => {
    const health = (key: string, healthCheckNodePort: number) =>
      serviceObject({
        ...{ loadBalancerClass: 'homeport.dev/node-health', externalTrafficPolicy: 'Local', managed: false },
        ...{ key, created: -1, healthCheckNodePort },
      })
    const theirs = health('tenant/homeport-node-health', 31_000)
    const checksWith = async (services: readonly ServiceObject[]) =>
      (await leading(services)).edge.documents.at(-1)?.claims.map(({ check }) => check)
    expect(await checksWith([nginx, theirs])).toEqual([undefined])
    const ours = health('homeport/homeport-node-health', 32_000)
    expect(await checksWith([nginx, theirs, ours])).toEqual([{ type: 'tcp', port: 32_000 }])
  })

  it('follows its endpoints when its traffic is local', async () => {
    const local = { ...nginx, externalTrafficPolicy: 'Local' as const, healthCheckNodePort: 32000 }
    const { clock, edge, stores } = await leading([local])
    stores.nodes.set('n2', nodeObject('n2', '10.0.0.2'))
    stores.slices.set('web/nginx-abc', sliceObject(['n2']))
    await pass(clock)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ backends: [{ address: '10.0.0.2' }] }])
  })
})

describe('a port that is refused', () => {
  it('is told of once with its reason, and again when it is live', async () => {
    const { clock, edge, events, set, status } = await leading([])
    edge.refused.set(443, 'port-taken')
    set(nginx)
    await pass(clock)
    expect(events).toEqual(['web/nginx PortTaken'])
    expect(status()).toMatchObject({ ingress: [], conditions: [{ status: 'False', reason: 'PortTaken' }] })
    await clock.advance(60_000)
    expect(events).toHaveLength(1)
    edge.refused.clear()
    await clock.advance(5_000)
    expect(events).toEqual(['web/nginx PortTaken', 'web/nginx Live'])
    expect(status()?.ingress).toHaveLength(1)
  })

  it('because an older Service of this cluster has it, is free for the younger one when that goes', async () => {
    const rival = { ...other, ports: nginx.ports }
    const { clock, edge, events, stores, status } = await leading([nginx, rival])
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
    expect(events).toContain('mqtt/mosquitto PortTaken')
    stores.services.set('web/nginx', undefined)
    await pass(clock)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'mqtt/mosquitto' }])
    expect(status('mqtt/mosquitto')?.ingress).toHaveLength(1)
  })
})

describe('a Service that goes', () => {
  it('is let go when the edge has closed its ports', async () => {
    const { clock, edge, stores, set } = await leading([nginx])
    set({ ...nginx, ...stores.services.get('web/nginx'), deleting: true })
    await pass(clock)
    expect(edge.ports).toEqual([])
    expect(stores.services.get('web/nginx')).toBeUndefined()
  })

  it('waits for the edge, and not for ever', async () => {
    const { clock, edge, events, stores, set } = await leading([nginx])
    edge.isDown = true
    const now = stores.services.get('web/nginx')
    set({ ...nginx, ...now, deleting: true })
    await clock.advance(RELEASE_TIME - 1_000)
    expect(stores.services.get('web/nginx')).toBeDefined()
    await clock.advance(2_000)
    expect(stores.services.get('web/nginx')).toBeUndefined()
    expect(events).toContain('web/nginx EdgeUnreachable')
  })

  it.each(FINALIZERS)('is held by both finalizers, whichever it had: %s', async (one) => {
    const { stores } = await leading([{ ...nginx, finalizers: ['example.com/other', one] }])
    const { finalizers = [] } = stores.services.get('web/nginx') ?? {}
    expect(new Set(finalizers)).toEqual(new Set(['example.com/other', ...FINALIZERS]))
  })

  it("waits for the edge where the cloud's own controller has taken its finalizer off", async () => {
    const { clock, edge, stores, set } = await leading([nginx])
    edge.isDown = true
    const [, own] = FINALIZERS
    const emptied = { ingress: [], conditions: stores.services.get('web/nginx')?.status.conditions ?? [] }
    set({ ...nginx, managed: true, deleting: true, finalizers: [own], status: emptied })
    await clock.advance(60_000)
    expect(stores.services.get('web/nginx')?.finalizers).toEqual([own])
    edge.isDown = false
    await clock.advance(20_000)
    expect(edge.ports).toEqual([])
    expect(stores.services.get('web/nginx')).toBeUndefined()
  })

  it('waits where the edge took its port and the answer was lost', async () => {
    const { clock, edge, stores, set } = await leading([nginx])
    edge.losesAnswer = true
    set(other)
    await pass(clock)
    expect(edge.ports).toEqual([443, 8443])
    set({ ...other, ...stores.services.get('mqtt/mosquitto'), deleting: true })
    await clock.advance(60_000)
    expect(stores.services.get('mqtt/mosquitto')).toBeDefined()
    edge.isDown = edge.losesAnswer = false
    await clock.advance(20_000)
    expect(edge.ports).toEqual([443])
    expect(stores.services.get('mqtt/mosquitto')).toBeUndefined()
  })

  it('waits where its first document is under way', async () => {
    const { clock, edge, stores, set } = await leading([nginx])
    const answer = Promise.withResolvers<void>()
    edge.answers = answer.promise
    set(other)
    await pass(clock)
    set({ ...other, ...stores.services.get('mqtt/mosquitto'), deleting: true })
    await pass(clock)
    expect(stores.services.get('mqtt/mosquitto')).toBeDefined()
    answer.resolve()
    await pass(clock)
    expect(edge.ports).toEqual([443])
    expect(stores.services.get('mqtt/mosquitto')).toBeUndefined()
  })

  it('waits for no edge that is away and never had it', async () => {
    const ams = { name: 'ams', addresses: ['203.0.113.6'] }
    const rules = { ...clusterRules, edges: [...clusterRules.edges, ams] }
    const gone = { ...nginx, managed: true, deleting: true, finalizers: FINALIZERS }
    const services = [
      { ...gone, loadBalancerClass: 'homeport.dev/edge-fra' },
      // The annotation may have said something else before.
      { ...gone, key: 'web/both', name: 'both', annotations: { 'homeport.dev/edges': 'fra' } },
    ]
    const { clock, stores } = await leading(services, rules, new DocumentEdge(), { away: new Set(['ams']) })
    await clock.advance(60_000)
    expect([...stores.services.entries()].map(([key]) => key)).toEqual(['web/both'])
  })

  it('waits as long again where it was let go by hand and made anew', async () => {
    const { clock, edge, stores, set } = await leading([nginx])
    edge.isDown = true
    for (let times = 0; times < 2; times++) {
      set({ ...nginx, ...stores.services.get('web/nginx'), deleting: true, finalizers: FINALIZERS })
      await clock.advance(RELEASE_TIME * 0.8)
      expect(stores.services.get('web/nginx')).toBeDefined()
      stores.services.set('web/nginx', undefined)
      await pass(clock)
      set({ ...nginx, managed: true })
    }
  })

  it('is let go by a leader that has never claimed it', async () => {
    const gone = { ...nginx, managed: true, deleting: true, finalizers: FINALIZERS }
    const { stores } = await leading([gone])
    expect(stores.services.get('web/nginx')).toBeUndefined()
  })

  it('into the hands of others keeps nothing of ours', async () => {
    const { clock, edge, stores, set, status } = await leading([nginx])
    const now = stores.services.get('web/nginx')
    set({ ...nginx, ...now, type: 'ClusterIP' })
    await pass(clock)
    expect(edge.ports).toEqual([])
    expect(status()).toEqual({ ingress: [], conditions: [] })
    expect(stores.services.get('web/nginx')?.finalizers).toEqual([])
  })

  const theirs = { ...nginx, loadBalancerClass: 'homeport.dev/edge-ams' }

  it('of an edge of another controller is left alone', async () => {
    const { clock, edge, writes, events, set } = await leading([theirs])
    const conditions = [
      {
        type: 'homeport.dev/Live',
        status: 'True',
        reason: 'Live',
        message: '',
        lastTransitionTime: '',
      } as const,
    ]
    set({ ...theirs, status: { ingress: [], conditions } })
    await clock.advance(120_000)
    expect([writes, events, edge.ports]).toEqual([[], [], []])
  })

  it('of an edge that nobody has is told so once, by an Event', async () => {
    const { clock, writes, events, stores } = await leading([theirs])
    // Whose it is, its controller may still be about to say.
    for (const node of ['n1', 'n2']) {
      stores.slices.set('web/nginx-abc', sliceObject([node]))
      await clock.advance(10_000)
    }
    expect(events).toEqual([])
    await clock.advance(120_000)
    expect([writes, events]).toEqual([[], ['web/nginx EdgeUnknown']])
  })

  it('is let go where it has the finalizers of somebody else, and this controller has never written to it', async () => {
    const { stores } = await leading([{ ...nginx, finalizers: FINALIZERS, deleting: true }])
    expect(stores.services.get('web/nginx')).toBeUndefined()
  })

  it('was never ours, and is left alone', async () => {
    const theirs = { ...nginx, loadBalancerClass: 'else.example/lb', finalizers: FINALIZERS, deleting: true }
    const { writes } = await leading([theirs])
    expect(writes).toEqual([])
  })
})

describe('a Service that is not to be held', () => {
  const loose = (services: readonly ServiceObject[]) =>
    leading(services, clusterRules, new DocumentEdge(), { isHolding: false })

  it('gets no finalizer, and its port closes when it is gone', async () => {
    const { clock, edge, writes, stores } = await loose([nginx])
    expect(writes).toEqual(['status web/nginx'])
    stores.services.set('web/nginx', undefined)
    await pass(clock)
    expect(edge.ports).toEqual([])
  })

  it('loses one that it came with, once', async () => {
    const held = { ...nginx, finalizers: FINALIZERS }
    const { clock, writes, stores, set } = await loose([held])
    expect(stores.services.get('web/nginx')?.finalizers).toEqual([])
    set({ ...nginx, ...stores.services.get('web/nginx'), finalizers: FINALIZERS })
    await pass(clock)
    expect(writes.filter((write) => write === 'no finalizers web/nginx')).toHaveLength(1)
  })
})

describe('a namespace that may not be seen', () => {
  it('keeps what the edges have of it, until it is seen', async () => {
    const before = await leading([nginx, other])
    const gone = {
      ...other,
      key: 'mqtt/gone',
      name: 'gone',
      ports: [{ port: 9443, protocol: 'TCP', nodePort: 30943 }],
    } as const
    before.set(serviceObject(gone))
    await pass(before.clock)
    expect(before.edge.ports).toEqual([443, 8443, 9443])
    const unseen = new Set(['mqtt'])
    const options = { isHolding: true, unseen }
    // Some of it may be seen before the rest: that is not all that it wants.
    const half = { ...other, ports: [] }
    const { clock, edge, writes, set, tenure } = await leading(
      [nginx, half],
      clusterRules,
      before.edge,
      options,
    )
    expect(edge.ports).toEqual([443, 8443, 9443])
    set({ ...half, created: 2 })
    await pass(clock)
    expect(edge.ports).toEqual([443, 8443, 9443])
    expect(writes.filter((write) => write.includes('mqtt/'))).toEqual([])
    set(other)
    unseen.clear()
    tenure.namespaceSeen('mqtt')
    await pass(clock)
    expect(edge.ports).toEqual([443, 8443])
    expect(writes).toContain('status mqtt/mosquitto')
  })
})

describe('an edge that does not answer', () => {
  it('changes no status, and is told everything when it is back', async () => {
    const { clock, edge, writes, set, status } = await leading([nginx])
    edge.isDown = true
    await clock.advance(3_600_000)
    const before = writes.length
    set(other)
    await clock.advance(60_000)
    expect(status()?.ingress).toHaveLength(1)
    expect(status('mqtt/mosquitto')?.conditions).toMatchObject([
      { status: 'Unknown', reason: 'EdgeUnreachable' },
    ])
    expect(writes.slice(before)).toEqual(['finalizers mqtt/mosquitto', 'status mqtt/mosquitto'])
    edge.isDown = false
    await clock.advance(20_000)
    expect(edge.ports).toEqual([443, 8443])
    expect(status('mqtt/mosquitto')?.ingress).toHaveLength(1)
  })
})
