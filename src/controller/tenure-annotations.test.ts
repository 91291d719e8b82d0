import { describe, expect, it } from 'vitest'
import { clusterRules } from '../testing/cluster.ts'
import { DocumentEdge } from '../testing/document-edge.ts'
import { leading, nginx, other, pass } from '../testing/leading.ts'
import type { ClaimRequest } from '../wire/claim.ts'

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
    const edge = new DocumentEdge()
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
    const edge = new DocumentEdge()
    edge.isDown = true
    const claims: ClaimRequest[] = [
      { owner: 'web/nginx', port: 443, backends: [{ address: '10.0.0.1', port: 30443 }] },
    ]
    edge.documents.push({ fence: 1, sequence: 1, claims })
    const ingress = [
      { ip: '203.0.113.5', ipMode: 'VIP' as const, ports: [{ port: 443, protocol: 'TCP' as const }] },
    ]
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
    const edge = new DocumentEdge()
    edge.documents.push({
      ...{ fence: 1, sequence: 1 },
      claims: [{ owner: 'web/nginx', port: 443, backends: [{ address: '10.0.0.1', port: 30443 }] }],
    })
    const ingress = [
      { ip: '203.0.113.5', ipMode: 'VIP' as const, ports: [{ port: 443, protocol: 'TCP' as const }] },
    ]
    const service = { ...nginx, created: 9, annotations: unreadable, status: { ingress, conditions: [] } }
    await leading([service, { ...other, ports: nginx.ports }], clusterRules, edge)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ owner: 'web/nginx' }])
  })
})
