import { expect, onTestFinished } from 'vitest'
import { ClusterView } from '../controller/cluster-view.ts'
import { FINALIZERS, type ServiceWriter } from '../controller/service-writer.ts'
import { Tenure } from '../controller/tenure.ts'
import type { ControllerRules } from '../core/kubernetes/controller-rules.ts'
import type { NodeObject, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'
import { ObjectStore } from '../kubernetes/object-store.ts'
import { clusterRules, nodeObject, serviceObject } from './cluster.ts'
import { DocumentEdge } from './document-edge.ts'
import { VirtualClock } from './virtual-clock.ts'

export const RELEASE_TIME = 600_000

/** A cluster in memory, which writes as the API server does; and a controller that leads it. */
export async function leading(
  services: readonly ServiceObject[],
  rules: ControllerRules = clusterRules,
  edge = new DocumentEdge(),
  { isHolding = true, unseen = new Set<string>(), away = new Set<string>() } = {},
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
    async addFinalizers(service) {
      const finalizers = new Set([...service.finalizers, ...FINALIZERS])
      write('finalizers', service, (now) => ({ ...now, finalizers: [...finalizers] }))
    },
    async removeFinalizers(service) {
      write('no finalizers', service, (now) => ({ ...now, finalizers: [] }))
      if (stores.services.get(service.key)?.deleting) stores.services.set(service.key, undefined)
    },
    async giveUpFinalizers(service) {
      write('no finalizers', service, (now) => ({ ...now, finalizers: [] }))
    },
    async applyStatus(service, { loadBalancer, conditions }) {
      write('status', service, (now) => ({
        ...now,
        status: { ingress: loadBalancer?.ingress ?? [], conditions },
      }))
      return undefined
    },
    async takeStatus() {
      throw new Error('nobody else writes here')
    },
    tell({ key }, { reason }) {
      events.push(`${key} ${reason}`)
    },
  }
  const silent = new DocumentEdge()
  silent.isDown = true
  const view = new ClusterView(stores, rules)
  const stop = new AbortController()
  const faults: unknown[] = []
  const tenure = new Tenure(
    {
      ...{ view, writer, rules, isHolding, clock },
      sight: { isUnseen: (namespace) => unseen.has(namespace) },
      ways: rules.edges.map(({ name }) => ({ name, line: away.has(name) ? silent : edge })),
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
  return { clock, edge, writes, events, stores, set, status, tenure }
}

/** A little time, in steps that let whatever is waiting for its turn have it. */
export async function pass(clock: VirtualClock): Promise<void> {
  for (let step = 0; step < 10; step++) await clock.advance(20)
}

export const nginx = serviceObject({ managed: false })
export const other = serviceObject({
  ...{ managed: false, key: 'mqtt/mosquitto', namespace: 'mqtt', name: 'mosquitto', created: 1 },
  ports: [{ port: 8443, protocol: 'TCP', nodePort: 30843 }],
})
