import { expect, it } from 'vitest'
import type { NodeObject, ServiceObject, SliceObject } from '../core/kubernetes/objects.ts'
import { ObjectStore } from '../kubernetes/object-store.ts'
import { clusterRules, nodeObject, serviceObject } from '../testing/cluster.ts'
import { ClaimBook } from './claim-book.ts'
import { ClusterView } from './cluster-view.ts'
import { EdgeBoard } from './edge-board.ts'
import { IdleServices } from './idle-services.ts'
import { Leaving } from './leaving.ts'
import { ServiceKeeper } from './service-keeper.ts'
import type { ServiceWriter } from './service-writer.ts'
import { StatusKeeper } from './status-keeper.ts'
import { StrayServices } from './stray-services.ts'

it('writes nothing more once it leads no longer, however far it has come', async () => {
  const stores = {
    services: new ObjectStore<ServiceObject>(() => {}),
    slices: new ObjectStore<SliceObject>(() => {}),
    nodes: new ObjectStore<NodeObject>(() => {}),
  }
  stores.nodes.set('n1', nodeObject('n1', '10.0.0.1'))
  stores.services.set('web/nginx', serviceObject())
  const finalizer = Promise.withResolvers<void>()
  const writes: string[] = []
  const term = new AbortController()
  const writer: ServiceWriter = {
    addFinalizers: async () => {
      writes.push('finalizers')
      await finalizer.promise
    },
    removeFinalizers: async () => void writes.push('no finalizers'),
    giveUpFinalizers: async () => void writes.push('no finalizers'),
    applyStatus: async () => {
      writes.push('status')
      return undefined
    },
    takeStatus: async () => void writes.push('status'),
    tell: () => writes.push('event'),
  }
  const keeper = new ServiceKeeper({
    sight: { isUnseen: () => false },
    view: new ClusterView(stores, clusterRules),
    book: new ClaimBook(),
    boards: new Map([['fra', new EdgeBoard(() => 0)]]),
    leaving: new Leaving({ releaseTime: 0, now: () => 0, wallClock: () => 0, again: () => {} }),
    idle: new IdleServices(() => 0),
    strays: new StrayServices(() => 0),
    writer,
    statuses: new StatusKeeper({ writer, now: () => 0 }),
    rules: clusterRules,
    isHolding: true,
    wallClock: () => 0,
    again: () => {},
    onClaimsChanged: () => writes.push('claims'),
  })
  const keeping = keeper.keep('web/nginx', term.signal)
  term.abort()
  finalizer.resolve()
  await keeping
  expect(writes).toEqual(['finalizers'])
})
