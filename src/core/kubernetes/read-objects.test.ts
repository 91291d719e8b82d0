import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readNode } from './read-node.ts'
import { readService } from './read-service.ts'
import { readSlice } from './read-slice.ts'

const raw = {
  metadata: {
    namespace: 'web',
    name: 'nginx',
    uid: 'u1',
    resourceVersion: '42',
    creationTimestamp: '2026-05-01T12:00:00Z',
    deletionTimestamp: '2026-05-02T12:00:00Z',
    finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
    labels: { app: 'nginx' },
    annotations: {
      'homeport.dev/check': 'none',
      'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8',
      'kubectl.kubernetes.io/last-applied-configuration': '{}',
    },
    managedFields: [{ manager: 'kubectl' }, { manager: 'homeport-controller' }],
  },
  spec: {
    type: 'LoadBalancer',
    loadBalancerClass: 'homeport.dev/edge',
    clusterIP: '10.96.0.7',
    ipFamilies: ['IPv6', 'IPv4'],
    externalTrafficPolicy: 'Local',
    healthCheckNodePort: 31234,
    sessionAffinity: 'ClientIP',
    sessionAffinityConfig: { clientIP: { timeoutSeconds: 600 } },
    allocateLoadBalancerNodePorts: false,
    loadBalancerSourceRanges: ['192.0.2.0/24'],
    selector: { app: 'nginx' },
    ports: [
      { name: 'https', port: 443, protocol: 'TCP', nodePort: 30443, appProtocol: 'https', targetPort: 8443 },
    ],
  },
  status: {
    loadBalancer: {
      ingress: [
        { ip: '203.0.113.5', ipMode: 'Proxy', ports: [{ port: 443, protocol: 'TCP', error: 'x/Y' }] },
      ],
    },
    conditions: [
      { type: 'homeport.dev/Live', status: 'True', reason: 'Live', message: 'm', lastTransitionTime: 't' },
      { type: 'Another', status: 'True', reason: 'R', message: 'm', lastTransitionTime: 't' },
    ],
  },
}

describe('a Service', () => {
  it('is the same whatever number the API server gives its state', () => {
    const metadata = { ...raw.metadata, resourceVersion: '43' }
    expect(readService({ ...raw, metadata })).toEqual(readService(raw))
  })

  it('is the same whatever it says that no claim is made of', () => {
    const [port] = raw.spec.ports
    const sessionAffinityConfig = { clientIP: { timeoutSeconds: 60 } }
    const ports = [{ ...port, appProtocol: 'http' }]
    const spec = { ...raw.spec, sessionAffinityConfig, ports, selector: undefined }
    expect(readService({ ...raw, spec })).toEqual(readService(raw))
  })

  it('is not ours to clean up where only others wrote to it', () => {
    const metadata = { ...raw.metadata, managedFields: [{ manager: 'kubectl' }, {}] }
    expect(readService({ ...raw, metadata })?.managed).toBe(false)
  })

  it('is kept as what claims and status are made of', () => {
    expect(readService(raw)).toEqual({
      key: 'web/nginx',
      namespace: 'web',
      name: 'nginx',
      uid: 'u1',
      created: Date.UTC(2026, 4, 1, 12),
      deleting: true,
      deletedAt: Date.UTC(2026, 4, 2, 12),
      managed: true,
      finalizers: ['service.kubernetes.io/load-balancer-cleanup'],
      annotations: {
        'homeport.dev/check': 'none',
        'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8',
      },
      type: 'LoadBalancer',
      loadBalancerClass: 'homeport.dev/edge',
      clusterIP: '10.96.0.7',
      ipFamilies: ['IPv6', 'IPv4'],
      externalTrafficPolicy: 'Local',
      healthCheckNodePort: 31234,
      sessionAffinity: 'ClientIP',
      allocateNodePorts: false,
      sourceRanges: ['192.0.2.0/24'],
      ports: [{ name: 'https', port: 443, protocol: 'TCP', nodePort: 30443 }],
      status: {
        ingress: [
          { ip: '203.0.113.5', ipMode: 'Proxy', ports: [{ port: 443, protocol: 'TCP', error: 'x/Y' }] },
        ],
        conditions: [
          {
            type: 'homeport.dev/Live',
            status: 'True',
            reason: 'Live',
            message: 'm',
            lastTransitionTime: 't',
          },
        ],
      },
    })
  })

  it('has the defaults of the API where nothing is said', () => {
    expect(readService({ metadata: { namespace: 'web', name: 'nginx' } })).toMatchObject({
      created: 0,
      deleting: false,
      type: 'ClusterIP',
      externalTrafficPolicy: 'Cluster',
      sessionAffinity: 'None',
      allocateNodePorts: true,
      ports: [],
      status: { ingress: [], conditions: [] },
    })
  })

  it('loses what is odd, and nothing else', () => {
    const ports = [
      { port: 80, nodePort: 0 },
      { port: 80, nodePort: 30081 },
      { port: 0 },
      { port: '81' },
      { port: 82, protocol: 'QUIC' },
      { port: 65536 },
      null,
      { port: 83, protocol: 'UDP', name: 7, nodePort: 1.5 },
    ]
    const odd = {
      metadata: {
        ...raw.metadata,
        creationTimestamp: 7,
        annotations: { 'homeport.dev/check': 7 },
        finalizers: 'x',
      },
      spec: { type: 'LoadBalancer', ports, ipFamilies: ['IPv5', 'IPv4'], sessionAffinity: 'Often' },
      status: 'none',
    }
    expect(readService(odd)).toMatchObject({
      created: 0,
      annotations: {},
      finalizers: [],
      ipFamilies: ['IPv4'],
      sessionAffinity: 'None',
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 83, protocol: 'UDP' },
      ],
    })
  })

  it.each([
    {},
    { metadata: { name: 'nginx' } },
    { metadata: { namespace: 'Web', name: 'nginx' } },
    { metadata: { namespace: 'web', name: 'a/b' } },
    { metadata: { namespace: 'web', name: 'x\n' } },
  ])('%j is none: it could own nothing', (value) => {
    expect(readService(value)).toBeUndefined()
  })
})

describe('an EndpointSlice', () => {
  const labels = { 'kubernetes.io/service-name': 'nginx' }
  const metadata = { namespace: 'web', name: 'nginx-abc', labels }

  it('has the conditions that the API means by what is left out', () => {
    const endpoints = [
      { nodeName: 'n1', addresses: ['10.0.0.1'] },
      { nodeName: 'n2', conditions: { ready: false } },
      { nodeName: 'n3', conditions: { ready: false, serving: true, terminating: true } },
      { conditions: { ready: null } },
    ]
    expect(readSlice({ metadata, endpoints })).toEqual({
      key: 'web/nginx-abc',
      service: 'web/nginx',
      endpoints: [
        { nodeName: 'n1', addresses: ['10.0.0.1'], ready: true, serving: true, terminating: false },
        { nodeName: 'n2', addresses: [], ready: false, serving: false, terminating: false },
        { nodeName: 'n3', addresses: [], ready: false, serving: true, terminating: true },
        { addresses: [], ready: true, serving: true, terminating: false },
      ],
    })
  })

  it('is none without a Service, and has no endpoints where they are null', () => {
    expect(readSlice({ metadata: { namespace: 'web', name: 'x' } })).toBeUndefined()
    expect(readSlice({ metadata, endpoints: null })?.endpoints).toEqual([])
  })
})

describe('a Node', () => {
  it('is kept as what decides whether it takes connections', () => {
    const node = {
      metadata: {
        name: 'n1',
        deletionTimestamp: '2026-05-02T12:00:00Z',
        labels: {
          'topology.kubernetes.io/zone': 'a',
          'node.kubernetes.io/exclude-from-external-load-balancers': '',
        },
      },
      spec: {
        unschedulable: true,
        taints: [{ key: 'ToBeDeletedByClusterAutoscaler', effect: 'NoSchedule' }],
      },
      status: {
        addresses: [{ type: 'InternalIP', address: '10.0.0.1' }, {}],
        conditions: [
          { type: 'MemoryPressure', status: 'False' },
          { type: 'Ready', status: 'True' },
        ],
      },
    }
    expect(readNode(node)).toEqual({
      name: 'n1',
      addresses: [
        { type: 'InternalIP', address: '10.0.0.1' },
        { type: '', address: '' },
      ],
      ready: true,
      deleting: true,
      unschedulable: true,
      excluded: true,
      autoscalerTaint: true,
      zone: 'a',
    })
  })

  it('is not ready unless it says so', () => {
    expect(readNode({ metadata: { name: 'n1' } })).toMatchObject({ ready: false, excluded: false })
    expect(
      readNode({ metadata: { name: 'n1' }, status: { conditions: [{ type: 'Ready', status: 'Unknown' }] } }),
    ).toMatchObject({ ready: false })
  })
})

it('reads any JSON value without failing', () => {
  const named = { namespace: 'a', name: 'b', labels: { 'kubernetes.io/service-name': 'c' } }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of [readService, readSlice, readNode]) {
        read(value)
        read({ metadata: value, spec: value, status: value })
        read({
          metadata: { ...named, annotations: value, labels: value },
          spec: { ports: value, selector: value },
        })
        read({ metadata: named, endpoints: value, spec: value, status: value })
        read({
          metadata: named,
          endpoints: [value],
          spec: { ports: [value] },
          status: { conditions: [value] },
        })
      }
    }),
  )
})
