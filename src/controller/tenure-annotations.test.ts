import { describe, expect, it } from 'vitest'
import { clusterRules, nodeObject } from '../testing/cluster.ts'
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

  it('keeps what was asked for, with the nodes and the node ports that there are now', async () => {
    const annotations = { 'homeport.dev/check': 'http:/ok', 'homeport.dev/proxy-protocol': 'v2' }
    const { clock, edge, stores, set } = await leading([{ ...nginx, annotations }])
    const change = async (more: object) => {
      set({ ...nginx, ...stores.services.get('web/nginx'), ...more })
      await pass(clock)
    }
    await change({ annotations: { ...annotations, ...unreadable } })
    stores.nodes.set('n1', undefined)
    stores.nodes.set('n2', nodeObject('n2', '10.0.0.2'))
    await change({ ports: [{ name: 'https', port: 8443, protocol: 'TCP', nodePort: 30_999 }] })
    expect(edge.documents.at(-1)?.claims).toMatchObject([
      {
        ...{ port: 8443, proxyProtocol: 'v2', check: { type: 'http', path: '/ok' } },
        backends: [{ address: '10.0.0.2', port: 30_999 }],
      },
    ])
  })

  it('keeps the frontends of a NodePort Service, at the node port that it has now, also for a new leader', async () => {
    const { loadBalancerClass: _, ...rest } = nginx
    const good = { ...rest, type: 'NodePort' as const, annotations: { 'homeport.dev/ports': '8443:https' } }
    const first = await leading([good])
    const now = { ...good, annotations: { 'homeport.dev/ports': '8443:htps' } }
    const moved = {
      ...now,
      ports: [{ name: 'https', port: 443, protocol: 'TCP' as const, nodePort: 30_999 }],
    }
    first.set(now)
    await pass(first.clock)
    first.set(moved)
    await pass(first.clock)
    const claims = [{ port: 8443, backends: [{ port: 30_999 }] }]
    expect(first.edge.documents.at(-1)?.claims).toMatchObject(claims)
    const edge = new DocumentEdge()
    edge.documents.push(...first.edge.documents)
    const second = await leading([moved], clusterRules, edge)
    expect(edge.documents.at(-1)).toMatchObject({ fence: 7, claims })
    second.stores.nodes.set('n1', nodeObject('n1', '10.0.0.9'))
    await pass(second.clock)
    expect(edge.documents.at(-1)?.claims).toMatchObject([{ backends: [{ address: '10.0.0.9' }] }])
  })

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

  it.each([
    [{ 'homeport.dev/check': 'http:/ok', 'homeport.dev/proxy-protocol': 'v2' }, '/ok', 'v2'],
    [{}, '/healthz', undefined],
  ])(
    'has a new leader keep what was asked for, and no more than that: %o',
    async (good, path, proxyProtocol) => {
      const local = {
        ...{ ...nginx, annotations: good, externalTrafficPolicy: 'Local' as const },
        healthCheckNodePort: 32_000,
      }
      const before = await leading([local])
      const check = { type: 'http' as const, path }
      expect(before.edge.documents.at(-1)?.claims).toMatchObject([{ check }])
      const edge = new DocumentEdge()
      edge.documents.push(...before.edge.documents)
      const wrong = { ...local, annotations: { ...good, 'homeport.dev/allow': 'everybody' } }
      const { clock, set, stores } = await leading([wrong], clusterRules, edge)
      expect(edge.documents.at(-1)?.claims).toMatchObject([{ check }])
      const { healthCheckNodePort: _, ...rest } = { ...wrong, ...stores.services.get('web/nginx') }
      set({ ...rest, externalTrafficPolicy: 'Cluster' })
      await pass(clock)
      const [claim] = edge.documents.at(-1)?.claims ?? []
      // The port at which `Local` is asked after is gone.
      expect(claim?.check).toEqual(proxyProtocol && check)
      expect(claim?.proxyProtocol).toEqual(proxyProtocol)
    },
  )

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
