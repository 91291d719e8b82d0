import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { nodeOfPods } from './node-of-pods.ts'
import { readPod } from './read-pod.ts'

const raw = {
  metadata: { namespace: 'mqtt', name: 'mosquitto-0' },
  spec: { nodeName: 'n1', containers: [{}] },
  status: {
    phase: 'Running',
    hostIP: '10.0.0.1',
    hostIPs: [{ ip: '10.0.0.1' }, { ip: '2001:db8::1' }],
    conditions: [{ type: 'Ready', status: 'True' }],
  },
}

describe('a Pod', () => {
  it('says where its node is', () => {
    expect(readPod(raw)).toEqual({ node: 'n1', addresses: ['10.0.0.1', '2001:db8::1'], ready: true })
  })

  it('says it in an old cluster too', () => {
    const status = { hostIP: '10.0.0.1' }
    expect(readPod({ ...raw, status })).toEqual({ node: 'n1', addresses: ['10.0.0.1'], ready: false })
  })

  it.each([
    ['that waits for a node', { ...raw, spec: {} }],
    ['that has ended', { ...raw, status: { ...raw.status, phase: 'Succeeded' } }],
    ['that has failed', { ...raw, status: { ...raw.status, phase: 'Failed' } }],
  ])('%s says nothing', (_, pod) => {
    expect(readPod(pod)).toBeUndefined()
  })

  it('is read whatever it is', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void readPod({ ...raw, status: value })))
    fc.assert(fc.property(fc.jsonValue(), (value) => void readPod(value)))
  })
})

describe('a node, as its pods show it', () => {
  const pod = (address: string, ready = true) => ({ node: 'n1', addresses: [address], ready })
  const addresses = (...pods: ReturnType<typeof pod>[]) =>
    nodeOfPods('n1', pods)?.addresses.map(({ address }) => address)

  it('has their address as its internal one, and nothing that speaks against it', () => {
    expect(nodeOfPods('n1', [pod('10.0.0.1'), pod('10.0.0.1')])).toEqual({
      name: 'n1',
      addresses: [{ type: 'InternalIP', address: '10.0.0.1' }],
      ready: true,
      deleting: false,
      unschedulable: false,
      excluded: false,
      autoscalerTaint: false,
    })
  })

  it('is believed of those that are ready', () => {
    expect(addresses(pod('10.0.0.9', false), pod('10.0.0.1'))).toEqual(['10.0.0.1'])
  })

  it('is not ready where none of them is, and keeps its address', () => {
    const node = nodeOfPods('n1', [pod('10.0.0.1', false)])
    expect(node).toMatchObject({ ready: false, addresses: [{ address: '10.0.0.1' }] })
  })

  it('goes with the last of them', () => {
    expect(nodeOfPods('n1', [])).toBeUndefined()
  })

  it('is the same in whatever order they come', () => {
    expect(addresses(pod('10.0.0.2'), pod('10.0.0.1'))).toEqual(addresses(pod('10.0.0.1'), pod('10.0.0.2')))
  })
})
