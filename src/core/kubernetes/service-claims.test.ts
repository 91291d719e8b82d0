import fc from 'fast-check'
import { Compile } from 'typebox/compile'
import { describe, expect, it } from 'vitest'
import { clusterRules, nodeObject, serviceObject, sliceObject } from '../../testing/cluster.ts'
import { ClaimRequest } from '../../wire/claim.ts'
import { nodePool } from './node-pool.ts'
import type { ServiceObject } from './objects.ts'
import { readNode } from './read-node.ts'
import { readService } from './read-service.ts'
import { readSlice } from './read-slice.ts'
import { serviceClaims } from './service-claims.ts'

const pool = nodePool([nodeObject('n1', '10.0.0.1')], clusterRules)
const claimsOf = (more: Partial<ServiceObject> = {}, rules = clusterRules) =>
  serviceClaims(serviceObject(more), [sliceObject(['n1'])], pool, rules)

const [tcp, udp] = [
  { name: 'dns', port: 53, protocol: 'TCP', nodePort: 30053 },
  { name: 'dns-udp', port: 53, protocol: 'UDP', nodePort: 30054 },
] as const
const dns = [udp, tcp]

describe('the claims of a Service', () => {
  it('are one a port, with its nodes at the node port', () => {
    expect(claimsOf()).toEqual({
      edges: ['fra'],
      claims: [
        { owner: 'web/nginx', port: 443, protocol: 'tcp', backends: [{ address: '10.0.0.1', port: 30443 }] },
      ],
      problems: [],
      unreadable: false,
      asked: { wishes: { frontends: [] }, edges: ['fra'] },
    })
  })

  it('are sorted, TCP before UDP, which has neither a header nor a connection to check', () => {
    const { claims } = claimsOf({ ports: dns, annotations: { 'homeport.dev/proxy-protocol': 'v2' } })
    expect(claims).toMatchObject([
      { port: 53, protocol: 'tcp', proxyProtocol: 'v2' },
      { port: 53, protocol: 'udp', check: { type: 'none' } },
    ])
    expect(claims[0]).not.toHaveProperty('check')
    expect(claims[1]).not.toHaveProperty('proxyProtocol')
  })

  it('say what the Service says of clients', () => {
    const { claims } = claimsOf({ sessionAffinity: 'ClientIP', sourceRanges: ['192.0.2.0/24'] })
    expect(claims).toMatchObject([{ affinity: 'client-ip', allow: ['192.0.2.0/24'] }])
  })

  it('are none while it is being deleted, and none for a port whose node port is yet to come', () => {
    expect(claimsOf({ deleting: true })).toMatchObject({ edges: [], claims: [], problems: [] })
    const ports = [tcp, { port: 80, protocol: 'TCP' }] as const
    expect(claimsOf({ ports })).toMatchObject({ claims: [{ port: 53 }], problems: [] })
  })
})

describe('the check', () => {
  const local = { externalTrafficPolicy: 'Local', healthCheckNodePort: 31000, ports: dns } as const
  const checks = (more: Partial<ServiceObject>, kubeProxyHealth = false) =>
    claimsOf(more, { ...clusterRules, kubeProxyHealth }).claims.map(({ check }) => check)

  it("asks kube-proxy how the Service's endpoints on the node are (Local)", () => {
    const check = { type: 'http', path: '/healthz', port: 31000 }
    expect(checks(local)).toEqual([check, check])
    expect(checks({ externalTrafficPolicy: 'Local' })).toEqual([undefined])
  })

  it('asks kube-proxy how the node is, where the settings say so (Cluster, KEP-3836)', () => {
    const check = { type: 'http', path: '/healthz', port: 10256 }
    expect(checks({ ports: dns }, true)).toEqual([check, check])
  })

  it('connects to kube-proxy where a node port is there for that (Cluster)', () => {
    const knowing = nodePool([nodeObject('n1', '10.0.0.1')], clusterRules, 31_999)
    const checksBy = (more: Partial<ServiceObject>, rules = clusterRules) =>
      serviceClaims(serviceObject(more), [sliceObject(['n1'])], knowing, rules).claims.map(
        ({ check }) => check,
      )
    const check = { type: 'tcp', port: 31_999 }
    expect(checksBy({ ports: dns })).toEqual([check, check])
    expect(checksBy(local)).toEqual(Array(2).fill({ type: 'http', path: '/healthz', port: 31_000 }))
    expect(checksBy({ annotations: { 'homeport.dev/check': 'tcp' } })).toEqual([{ type: 'tcp' }])
    expect(checksBy({}, { ...clusterRules, kubeProxyHealth: true })).toMatchObject([{ port: 10_256 }])
  })

  it('is the one that is annotated, where the protocol can answer it', () => {
    const annotated = (text: string) => checks({ ...local, annotations: { 'homeport.dev/check': text } })
    const none = { type: 'none' }
    expect(annotated('none')).toEqual([none, none])
    expect(annotated('http:9000:/x')).toEqual(Array(2).fill({ type: 'http', path: '/x', port: 9000 }))
    expect(annotated('tcp')).toEqual([{ type: 'tcp' }, { type: 'http', path: '/healthz', port: 31000 }])
  })
})

describe('a Service whose user has to know something', () => {
  it('has SCTP ports', () => {
    const ports = [tcp, { port: 9, protocol: 'SCTP', nodePort: 30009 }] as const
    expect(claimsOf({ ports })).toMatchObject({
      claims: [{ port: 53 }],
      problems: [{ code: 'protocol-unsupported', ports: [{ port: 9, protocol: 'SCTP' }] }],
    })
  })

  it.each<[string, Partial<ServiceObject>]>([
    ['allocateLoadBalancerNodePorts: false', { allocateNodePorts: false }],
    ['headless', { clusterIP: 'None' }],
    ['of type ClusterIP', { type: 'ClusterIP', annotations: { 'homeport.dev/ports': '443' } }],
    ['of type ExternalName', { type: 'ExternalName', annotations: { 'homeport.dev/ports': '443' } }],
  ])('gets no node port: %s', (words, more) => {
    const { claims, problems } = claimsOf({ ports: [{ port: 443, protocol: 'TCP' }], ...more })
    expect(claims).toEqual([])
    expect(problems).toMatchObject([{ code: 'no-node-port', message: expect.stringContaining(words) }])
  })

  it('has node ports of its own choice although none are allocated', () => {
    expect(claimsOf({ allocateNodePorts: false })).toMatchObject({ claims: [{ port: 443 }], problems: [] })
  })

  it('has no node with an address for the edge; its port is kept all the same', () => {
    expect(claimsOf({ ipFamilies: ['IPv6'] })).toMatchObject({
      claims: [{ port: 443, backends: [] }],
      problems: [{ code: 'no-backend', message: 'no node has an address in IPv6 that the edge could reach' }],
    })
  })

  it('has an annotation that nobody can read: it opens nothing, and says everything that is wrong', () => {
    const annotations = {
      'homeport.dev/allow': 'office',
      'homeport.dev/check': 'x',
      'homeport.dev/edges': 'nyc',
    }
    const { claims, problems, unreadable } = claimsOf({ annotations, ports: [{ port: 9, protocol: 'SCTP' }] })
    expect({ claims, unreadable }).toEqual({ claims: [], unreadable: true })
    expect(problems.map(({ code }) => code)).toEqual([
      'edge-unknown',
      'annotation-invalid',
      'annotation-invalid',
      'protocol-unsupported',
    ])
  })
})

it('serves a NodePort Service at the ports that its annotation names', () => {
  const { loadBalancerClass: _, ...service } = serviceObject({
    type: 'NodePort',
    annotations: { 'homeport.dev/ports': '5353:dns-udp,1053:53' },
    ports: dns,
  })
  expect(serviceClaims(service, [], pool, clusterRules).claims).toMatchObject([
    { port: 1053, protocol: 'tcp', backends: [{ port: 30053 }] },
    { port: 5353, protocol: 'udp', backends: [{ port: 30054 }] },
  ])
})

it('has ten thousand ports with one thing to know', () => {
  const ports = Array.from({ length: 10_000 }, (_, at) => ({ port: at + 1, protocol: 'SCTP' as const }))
  const { problems } = claimsOf({ ports })
  expect(problems).toHaveLength(1)
  expect(problems[0]?.message).toMatch(/1, 2, .* and 9990 more$/)
})

const claimRequest = Compile(ClaimRequest)

it('makes only claims that the edge can read, of whatever the API server may send', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('http:/x', 'tcp:9', 'none', 'v1', '10.0.0.0/8', 'fra', '443', '80:web/udp'),
  )
  const port = fc.record(
    {
      name: fc.constantFrom('web', 'dns'),
      port: fc.oneof(fc.integer({ min: -1, max: 70_000 }), fc.constantFrom(443, 80)),
      protocol: fc.constantFrom('TCP', 'UDP', 'SCTP', 'x'),
      nodePort: fc.integer({ min: -1, max: 70_000 }),
    },
    { requiredKeys: [] },
  )
  const spec = fc.record(
    {
      type: fc.constantFrom('LoadBalancer', 'NodePort', 'ClusterIP'),
      loadBalancerClass: fc.constantFrom('homeport.dev/edge', 'homeport.dev/edge-fra', 'x'),
      externalTrafficPolicy: fc.constantFrom('Local', 'Cluster'),
      healthCheckNodePort: fc.integer({ min: 0, max: 70_000 }),
      sessionAffinity: fc.constantFrom('ClientIP', 'None'),
      ipFamilies: fc.array(fc.constantFrom('IPv4', 'IPv6')),
      loadBalancerSourceRanges: fc.array(fc.oneof(fc.ipV4(), fc.string())),
      ports: fc.array(port),
    },
    { requiredKeys: ['ports'] },
  )
  const annotations = fc.dictionary(
    fc
      .constantFrom('ports', 'check', 'allow', 'edges', 'proxy-protocol')
      .map((name) => `homeport.dev/${name}`),
    text,
  )
  const address = fc.record({
    type: fc.constantFrom('InternalIP', 'ExternalIP'),
    address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
  })
  const everything = fc.record({ spec, annotations, addresses: fc.array(fc.array(address)) })
  fc.assert(
    fc.property(everything, ({ spec, annotations, addresses }) => {
      const service = readService({ metadata: { namespace: 'a', name: 'b', annotations }, spec })
      const nodes = addresses.flatMap(
        (all, at) => readNode({ metadata: { name: `n${at}` }, status: { addresses: all } }) ?? [],
      )
      const labels = { 'kubernetes.io/service-name': 'b' }
      const slice = readSlice({
        metadata: { namespace: 'a', name: 'x', labels },
        endpoints: [{ nodeName: 'n0' }],
      })
      if (!service || !slice) throw new Error('both have names')
      const { claims } = serviceClaims(service, [slice], nodePool(nodes, clusterRules), clusterRules)
      for (const claim of claims) expect([claim, claimRequest.Check(claim)]).toEqual([claim, true])
      const keys = claims.map(({ port, protocol }) => `${protocol}/${port}`)
      expect(new Set(keys).size).toBe(keys.length)
    }),
  )
})
