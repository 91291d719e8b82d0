import { describe, expect, it, onTestFinished } from 'vitest'
import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import type { NodeObject, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'
import { ObjectStore } from '../kubernetes/object-store.ts'
import { clusterRules, nodeObject, serviceObject, sliceObject } from '../testing/cluster.ts'
import { VirtualClock } from '../testing/virtual-clock.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import type { ClaimAnswer, Health } from '../wire/document.ts'
import { ClusterView } from './cluster-view.ts'
import type { Taken } from './document-line.ts'
import type { Failed } from './edge-line.ts'
import { FINALIZER, type ServiceWriter } from './service-writer.ts'
import { Tenure } from './tenure.ts'
import type { Wanted } from './wanted.ts'

const DOWN: Failed = { refusal: { code: 'edge-unreachable', detail: 'x', remedy: '', permanent: false } }

const RELEASE_TIME = 600_000

/** An edge that takes what it is given, but for the ports in `refused`. */
class FakeEdge {
  readonly documents: Wanted[] = []
  readonly refused = new Map<number, string>()
  health: Health = 'up'
  isDown = false
  renewals = 0

  async put(wanted: Wanted): Promise<Taken | Failed> {
    if (this.isDown) return DOWN
    this.documents.push(wanted)
    return this.#taken(wanted)
  }

  async renew(taken: Taken): Promise<Taken | Failed> {
    this.renewals++
    if (this.isDown) return DOWN
    const now = this.#taken(taken.wanted)
    return JSON.stringify(now.answers) === JSON.stringify(taken.answers) ? taken : now
  }

  async recall(): Promise<readonly ClaimRequest[] | Failed> {
    return this.isDown ? DOWN : (this.documents.at(-1)?.claims ?? [])
  }

  get ports(): number[] | undefined {
    return this.documents.at(-1)?.claims.map(({ port }) => port)
  }

  #taken(wanted: Wanted): Taken {
    const answers = wanted.claims.map((claim, index) => this.#answer(claim, index))
    return { wanted, digest: `d${wanted.sequence}`, revision: '', answers }
  }

  #answer({ port }: ClaimRequest, index: number): ClaimAnswer {
    const code = this.refused.get(port)
    const backend = { address: '10.0.0.1', port: 30443, health: this.health, reason: 'Layer4 timeout' }
    if (code === undefined) return { index, port, protocol: 'tcp', state: 'live', backends: [backend] }
    return { index, port, protocol: 'tcp', state: 'refused', code, permanent: false, detail: `${port} no` }
  }
}

/** A cluster in memory, which writes as the API server does; and a controller that leads it. */
async function leading(
  services: readonly ServiceObject[],
  rules: ControllerRules = clusterRules,
  edge = new FakeEdge(),
) {
  const clock = new VirtualClock()
  const writes: string[] = []
  const events: string[] = []
  const stores = {
    services: new ObjectStore<ServiceObject>((key) => tenure.serviceChanged(key)),
    slices: new ObjectStore<SliceObject>(
      (_, before, after) => tenure.serviceChanged((after ?? before)?.service ?? ''),
      ({ service }) => [service],
    ),
    nodes: new ObjectStore<NodeObject>(() => {
      view.nodesChanged()
      tenure.nodesChanged()
    }),
  }
  const set = (service: ServiceObject) => stores.services.set(service.key, service)
  const write = (what: string, { key }: ServiceObject, change: (now: ServiceObject) => ServiceObject) => {
    writes.push(`${what} ${key}`)
    const now = stores.services.get(key)
    if (now) set({ ...change(now), managed: true })
  }
  const writer: ServiceWriter = {
    async addFinalizer(service) {
      write('finalizer', service, (now) => ({ ...now, finalizers: [...now.finalizers, FINALIZER] }))
    },
    async removeFinalizer(service) {
      write('no finalizer', service, (now) => ({ ...now, finalizers: [] }))
      if (stores.services.get(service.key)?.deleting) stores.services.set(service.key, undefined)
    },
    async applyStatus(service, { loadBalancer, conditions }) {
      write('status', service, (now) => ({
        ...now,
        status: { ingress: loadBalancer?.ingress ?? [], conditions },
      }))
    },
    tell({ key }, { reason }) {
      events.push(`${key} ${reason}`)
    },
  }
  const view = new ClusterView(stores, rules)
  const stop = new AbortController()
  const faults: unknown[] = []
  const tenure = new Tenure(
    {
      ...{ view, writer, rules, clock },
      ways: rules.edges.map(({ name }) => ({ name, line: edge })),
      wallClock: () => 0,
      random: () => 0.5,
      interval: 10_000,
      releaseTime: RELEASE_TIME,
      onEdge: () => {},
      onFault: (_, error) => faults.push(error),
    },
    { fence: 7, signal: stop.signal },
  )
  stores.nodes.set('n1', nodeObject('n1', '10.0.0.1'))
  for (const service of services) set(service)
  const run = tenure.run()
  onTestFinished(async () => {
    stop.abort()
    await run
    expect(faults).toEqual([])
  })
  await pass(clock)
  const status = (key = 'web/nginx') => stores.services.get(key)?.status
  return { clock, edge, writes, events, stores, set, status }
}

/** A little time, in steps that let whatever is waiting for its turn have it. */
async function pass(clock: VirtualClock): Promise<void> {
  for (let step = 0; step < 10; step++) await clock.advance(20)
}

const nginx = serviceObject({ managed: false })
const other = serviceObject({
  ...{ managed: false, key: 'mqtt/mosquitto', namespace: 'mqtt', name: 'mosquitto', created: 1 },
  ports: [{ port: 8443, protocol: 'TCP', nodePort: 30843 }],
})

describe('a Service of our class', () => {
  it('gets its ports, its finalizer and its status, and then nothing more is written', async () => {
    const { clock, edge, writes, events, status } = await leading([nginx, other])
    expect(edge.documents).toMatchObject([{ fence: 7, claims: [{ port: 443 }, { port: 8443 }] }])
    expect(status()?.ingress).toEqual([{ ip: '203.0.113.5', ipMode: 'VIP' }])
    expect(new Set(events)).toEqual(new Set(['web/nginx Live', 'mqtt/mosquitto Live']))
    const written = writes.length
    expect(written).toBe(4)
    await clock.advance(300_000)
    expect(writes).toHaveLength(written)
    expect(edge.documents).toHaveLength(1)
    expect(edge.renewals).toBeGreaterThan(20)
  })

  it('is written to when it is claimed, and soon where the edge says nothing', async () => {
    const edge = new FakeEdge()
    const answer = Promise.withResolvers<void>()
    const put = edge.put.bind(edge)
    edge.put = async (wanted) => {
      await answer.promise
      return await put(wanted)
    }
    const { clock, writes } = await leading([nginx], clusterRules, edge)
    expect(writes).toEqual([])
    await clock.advance(5_000)
    expect(writes).toEqual(['finalizer web/nginx'])
    answer.resolve()
    await pass(clock)
    expect(writes).toEqual(['finalizer web/nginx', 'status web/nginx'])
  })

  it('claims nothing before the whole cluster is known: the first document leaves nobody out', async () => {
    const many = Array.from({ length: 50 }, (_, index) =>
      serviceObject({
        ...{ key: `web/s${index}`, name: `s${index}` },
        ports: [{ port: 1000 + index, protocol: 'TCP', nodePort: 30000 + index }],
      }),
    )
    const { edge } = await leading(many)
    expect(edge.documents[0]?.claims).toHaveLength(50)
  })

  it('moves with its nodes', async () => {
    const { clock, edge, stores } = await leading([nginx])
    stores.nodes.set('n1', nodeObject('n1', '10.0.0.9'))
    await pass(clock)
    expect(edge.documents.at(-1)?.claims).toMatchObject([
      { backends: [{ address: '10.0.0.9', port: 30443 }] },
    ])
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

it('a new leader leaves what is said of backends that are down', async () => {
  const before = await leading([nginx])
  before.edge.health = 'down'
  await before.clock.advance(60_000)
  const edge = new FakeEdge()
  edge.health = 'down'
  const services = [...before.stores.services.entries()].map(([, service]) => service)
  const { clock, events, writes } = await leading(services, clusterRules, edge)
  await clock.advance(60_000)
  expect([events, writes]).toEqual([[], []])
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

  it('is let go by a leader that has never claimed it', async () => {
    const gone = { ...nginx, managed: true, deleting: true, finalizers: [FINALIZER] }
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

  it('was never ours, and is left alone', async () => {
    const theirs = { ...nginx, loadBalancerClass: 'else.example/lb', finalizers: [FINALIZER], deleting: true }
    const { writes } = await leading([theirs])
    expect(writes).toEqual([])
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
    expect(writes.slice(before)).toEqual(['finalizer mqtt/mosquitto', 'status mqtt/mosquitto'])
    edge.isDown = false
    await clock.advance(20_000)
    expect(edge.ports).toEqual([443, 8443])
    expect(status('mqtt/mosquitto')?.ingress).toHaveLength(1)
  })
})

describe('an annotation that does not parse', () => {
  it('leaves the last good claim standing, and is told of', async () => {
    const { clock, edge, events, stores, set } = await leading([nginx])
    const documents = edge.documents.length
    const now = stores.services.get('web/nginx')
    set({ ...nginx, ...now, annotations: { 'homeport.dev/check': 'htp:/x' } })
    await pass(clock)
    expect(edge.documents).toHaveLength(documents)
    expect(edge.ports).toEqual([443])
    expect(events).toContain('web/nginx AnnotationInvalid')
  })

  const unreadable = { 'homeport.dev/check': 'htp:/x' }

  it('leaves it standing for a new leader too, which asks the edge', async () => {
    const before = await leading([nginx, other])
    const services = [...before.stores.services.entries()].map(([, service]) => service)
    const edge = new FakeEdge()
    edge.documents.push(...before.edge.documents)
    const [first, ...rest] = services.map((service) =>
      service.key === 'web/nginx' ? { ...service, annotations: unreadable } : service,
    )
    const { clock, events, status } = await leading([first ?? nginx, ...rest], clusterRules, edge)
    expect(edge.documents).toHaveLength(2)
    expect(edge.ports).toEqual([443, 8443])
    expect(events).toEqual(['web/nginx AnnotationInvalid'])
    expect(status()).toMatchObject({
      ingress: [{ ip: '203.0.113.5' }],
      conditions: [{ reason: 'AnnotationInvalid' }],
    })
    await clock.advance(60_000)
    expect(edge.documents).toHaveLength(2)
  })

  it('is told of while the edge is away, which keeps what the status says, and gets nothing before it is asked', async () => {
    const edge = new FakeEdge()
    edge.isDown = true
    const claims: ClaimRequest[] = [
      { owner: 'web/nginx', port: 443, backends: [{ address: '10.0.0.1', port: 30443 }] },
    ]
    edge.documents.push({ fence: 1, sequence: 1, claims })
    const ingress = [{ ip: '203.0.113.5', ipMode: 'VIP' as const }]
    const service = { ...nginx, annotations: unreadable, status: { ingress, conditions: [] } }
    const { clock, events, status } = await leading([service], clusterRules, edge)
    await clock.advance(60_000)
    expect(events).toEqual(['web/nginx AnnotationInvalid'])
    expect(status()?.ingress).toEqual(ingress)
    edge.isDown = false
    await clock.advance(20_000)
    expect(edge.documents.at(-1)).toMatchObject({ fence: 7, claims })
    expect(status()?.ingress).toEqual(ingress)
  })

  it('gives the port of such a Service to nobody else meanwhile', async () => {
    const edge = new FakeEdge()
    edge.documents.push({
      ...{ fence: 1, sequence: 1 },
      claims: [{ owner: 'web/nginx', port: 443, backends: [{ address: '10.0.0.1', port: 30443 }] }],
    })
    const ingress = [{ ip: '203.0.113.5', ipMode: 'VIP' as const }]
    const service = { ...nginx, created: 9, annotations: unreadable, status: { ingress, conditions: [] } }
    await leading([service, { ...other, ports: nginx.ports }], clusterRules, edge)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
  })

  it('costs no question where there is none', async () => {
    const edge = new FakeEdge()
    edge.recall = () => Promise.reject(new Error('asked'))
    await leading([nginx], clusterRules, edge)
    expect(edge.ports).toEqual([443])
  })
})
