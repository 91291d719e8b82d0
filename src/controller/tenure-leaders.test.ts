import { describe, expect, it } from 'vitest'
import type { ServiceObject } from '../core/kubernetes/objects.ts'
import { clusterRules, serviceObject } from '../testing/cluster.ts'
import { DocumentEdge } from '../testing/document-edge.ts'
import { leading, nginx, pass } from '../testing/leading.ts'

/** One that was there first, and wants the same port. */
const older = serviceObject({ managed: false, key: 'old/old', namespace: 'old', name: 'old', created: -1 })

/** A NodePort Service, whose status has no ports. */
function nodePort(): ServiceObject {
  const { loadBalancerClass: _, ...service } = nginx
  return { ...service, type: 'NodePort', annotations: { 'homeport.dev/ports': '443:https' } }
}

const local: ServiceObject = { ...nginx, externalTrafficPolicy: 'Local', healthCheckNodePort: 32_000 }

/** `holder` has the port, and an older Service wants it too when another leader comes. */
async function succession(holder: ServiceObject, code?: string) {
  const first = await leading([holder])
  if (code !== undefined) first.edge.refused.set(443, code)
  await first.clock.advance(60_000)
  first.set(older)
  await pass(first.clock)
  expect(first.edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
  const services = [...first.stores.services.entries()].map(([, service]) => service)
  const edge = new DocumentEdge()
  edge.documents.push(...first.edge.documents)
  if (code !== undefined) edge.refused.set(443, code)
  return { services, edge }
}

describe('another leader leaves a port to the Service that has it', () => {
  it.each([
    ['of type NodePort', nodePort(), undefined],
    ['without a backend', local, 'no-backend'],
    ['that is refused for the trouble of an edge', nginx, 'haproxy-unavailable'],
  ])('%s', async (_, holder, code) => {
    const { services, edge } = await succession(holder, code)
    const { clock, status } = await leading(services, clusterRules, edge)
    await clock.advance(30_000)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
    expect(status('old/old')?.conditions).toMatchObject([{ reason: 'PortTaken' }])
  })

  it('and tells nobody otherwise while the edge is away', async () => {
    const { services, edge } = await succession(nodePort())
    edge.isDown = true
    const { clock, events, writes } = await leading(services, clusterRules, edge)
    await clock.advance(60_000)
    expect([events, writes]).toEqual([[], []])
    edge.isDown = false
    await clock.advance(30_000)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
    expect([events, writes]).toEqual([[], []])
  })
})
