import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterRules, nodeObject, serviceObject, sliceObject } from '../../testing/cluster.ts'
import type { ControllerRules } from './controller-rules.ts'
import { nodePool } from './node-pool.ts'
import { selectNodes } from './node-selection.ts'
import type { NodeObject, ServiceObject, SliceObject } from './objects.ts'

function select(
  nodes: readonly NodeObject[],
  slices: readonly SliceObject[] = [],
  service: Partial<ServiceObject> = {},
  rules: Partial<ControllerRules> = {},
): string[] {
  const all = { ...clusterRules, ...rules }
  return selectNodes(serviceObject(service), slices, nodePool(nodes, all), all).map(({ name }) => name)
}

const nodes = (count: number, more: (at: number) => Partial<NodeObject> = () => ({})) =>
  Array.from({ length: count }, (_, at) => nodeObject(`n${at}`, `10.0.${at >> 8}.${at % 256}`, more(at)))

const local = { externalTrafficPolicy: 'Local' } as const

const endpoint = (nodeName: string, conditions: Partial<SliceObject['endpoints'][number]>) => ({
  nodeName,
  addresses: [],
  ready: false,
  serving: false,
  terminating: false,
  ...conditions,
})

describe('any node may take connections (Cluster)', () => {
  it('so a few do, also where the Service has no endpoint', () => {
    expect(select(nodes(10))).toHaveLength(3)
    expect(select(nodes(2))).toEqual(['n0', 'n1'])
    expect(select([])).toEqual([])
  })

  it('those with a ready endpoint first', () => {
    expect(select(nodes(50), [sliceObject(['n7', 'n31'])])).toEqual(expect.arrayContaining(['n7', 'n31']))
    expect(select(nodes(50), [sliceObject(['n7']), sliceObject(['n8', 'n9'])])).toEqual(['n7', 'n8', 'n9'])
  })

  it('one of each zone before two of any', () => {
    const zoned = nodes(30, (at) => ({ zone: at < 28 ? 'a' : `z${at}` }))
    expect(select(zoned)).toEqual(expect.arrayContaining(['n28', 'n29']))
    const hosts = [sliceObject(['n1', 'n2', 'n3', 'n29'])]
    expect(select(zoned, hosts, {}, { nodesPerService: 2 })).toContain('n29')
  })

  it('none that is going, excluded, or out of the settings', () => {
    const leaving = [{ deleting: true }, { excluded: true }, { autoscalerTaint: true }]
    expect(
      select([...leaving.map((more, at) => nodeObject(`x${at}`, '10.1.0.1', more)), ...nodes(2)]),
    ).toEqual(['n0', 'n1'])
  })

  it('cordoned ones when no other is there, those that are not ready at the very last', () => {
    const good = nodeObject('n0', '10.0.0.0')
    const cordoned = nodeObject('n1', '10.0.0.1', { unschedulable: true })
    const lost = nodeObject('n2', '10.0.0.2', { ready: false })
    expect(select([good, cordoned, lost])).toEqual(['n0'])
    expect(select([cordoned, lost])).toEqual(['n1'])
    expect(select([lost])).toEqual(['n2'])
  })
})

describe('only nodes with an endpoint take connections (Local)', () => {
  it('so all of them do', () => {
    expect(select(nodes(20), [sliceObject(['n3', 'n4', 'n5', 'n6', 'gone'])], local)).toEqual([
      'n3',
      'n4',
      'n5',
      'n6',
    ])
    expect(select(nodes(300), [sliceObject(nodes(300).map(({ name }) => name))], local)).toHaveLength(256)
  })

  it('and without one, a few, whose health check says so, that the port is open', () => {
    const few = select(nodes(20), [], local)
    expect(few).toHaveLength(3)
    expect(select(nodes(20), [sliceObject(['gone'])], local)).toEqual(few)
    expect(select([], [], local)).toEqual([])
  })

  it('terminating ones only when none is ready anywhere (KEP-1669)', () => {
    const leaving = { ...sliceObject([]), endpoints: [endpoint('n1', { serving: true, terminating: true })] }
    const dead = {
      ...sliceObject([]),
      endpoints: [endpoint('n2', { terminating: true }), endpoint('n3', { serving: true })],
    }
    expect(select(nodes(5), [leaving, dead], local)).toEqual(['n1'])
    expect(select(nodes(5), [leaving, dead, sliceObject(['n4'])], local)).toEqual(['n4'])
  })

  it('cordoned ones as long as they have an endpoint: not all goes to the first pod on a new node', () => {
    const cordoned = nodes(10, (at) => ({ unschedulable: at > 0 }))
    expect(select(cordoned, [sliceObject(cordoned.map(({ name }) => name))], local)).toHaveLength(10)
    const drained = { ...sliceObject([]), endpoints: [endpoint('n1', { serving: true, terminating: true })] }
    expect(select(cordoned, [drained, sliceObject(['n0', 'n2'])], local)).toEqual(['n0', 'n2'])
  })

  it('those that are not ready only when no other has an endpoint', () => {
    const lost = nodes(3, (at) => ({ ready: at !== 0, unschedulable: at === 1 }))
    expect(select(lost, [sliceObject(['n0', 'n1'])], local)).toEqual(['n1'])
    expect(select(lost, [sliceObject(['n0'])], local)).toEqual(['n0'])
  })
})

describe('the address of a node', () => {
  const addresses = [
    { type: 'Hostname', address: 'n1' },
    { type: 'InternalIP', address: '10.0.0.1' },
    { type: 'InternalIP', address: 'fd00::1' },
    { type: 'ExternalIP', address: 'fe80::1' },
    { type: 'ExternalIP', address: '203.0.113.77' },
    { type: 'ExternalIP', address: '2001:DB8:0::77' },
  ]
  const address = (
    ipFamilies: ServiceObject['ipFamilies'],
    nodeAddressType: ControllerRules['nodeAddressType'] = 'auto',
    all = addresses,
  ) => {
    const pool = nodePool([nodeObject('n1', '', { addresses: all })], { nodeAddressType })
    return selectNodes(serviceObject({ ipFamilies }), [], pool, clusterRules)[0]?.address
  }

  it('is the external one, of the family that the Service prefers', () => {
    expect(address(['IPv4'])).toBe('203.0.113.77')
    expect(address(['IPv6'])).toBe('2001:db8::77')
    expect(address(['IPv6', 'IPv4'])).toBe('2001:db8::77')
    expect(address(['IPv4', 'IPv6'])).toBe('203.0.113.77')
    expect(address([])).toBe('203.0.113.77')
  })

  it('is the internal one where there is no other, or where that is set', () => {
    expect(address(['IPv6'], 'auto', addresses.slice(0, 4))).toBe('fd00::1')
    expect(address(['IPv4'], 'InternalIP')).toBe('10.0.0.1')
    expect(address(['IPv4'], 'ExternalIP', addresses.slice(0, 4))).toBeUndefined()
  })

  it('is external in another family rather than internal in the first', () => {
    expect(address(['IPv6', 'IPv4'], 'auto', addresses.slice(0, 5))).toBe('203.0.113.77')
  })

  it.each(['169.254.1.1', 'fe80::1', '0.0.0.0', '224.0.0.1', 'n1.example.org', '', '10.0.0.1/8'])(
    'is never %j',
    (odd) => {
      expect(address([], 'auto', [{ type: 'InternalIP', address: odd }])).toBeUndefined()
    },
  )
})

describe('the choice', () => {
  const node = fc
    .record({
      name: fc.stringMatching(/^[a-z]{1,3}$/),
      zone: fc.constantFrom('', 'a', 'b', 'c'),
      host: fc.boolean(),
    })
    .map(({ name, zone, host }) => ({ node: nodeObject(name, '10.0.0.1', { zone }), host }))
  const cluster = fc.uniqueArray(node, { maxLength: 20, selector: ({ node: { name } }) => name })
  const chosen = (some: readonly { node: NodeObject; host: boolean }[]) =>
    select(
      some.map((one) => one.node),
      [sliceObject(some.filter(({ host }) => host).map((one) => one.node.name))],
    )

  it('is the same in whatever order nodes and endpoints come', () => {
    fc.assert(
      fc.property(cluster, fc.integer(), (some, turn) => {
        const at = some.length === 0 ? 0 : Math.abs(turn) % some.length
        const turned = [...some.slice(at), ...some.slice(0, at)].reverse()
        expect(chosen(turned)).toEqual(chosen(some))
      }),
    )
  })

  it('does not change when a node goes that was not chosen, and changes by one when one goes that was', () => {
    fc.assert(
      fc.property(cluster, (some) => {
        const before = chosen(some)
        for (const gone of some) {
          const after = chosen(some.filter((one) => one !== gone))
          const lost = before.filter((name) => !after.includes(name))
          expect(lost).toEqual(before.includes(gone.node.name) ? [gone.node.name] : [])
        }
      }),
    )
  })

  it('spreads Services evenly over the nodes', () => {
    const counts = new Map<string, number>()
    const pool = nodePool(nodes(10), clusterRules)
    for (let at = 0; at < 1000; at++) {
      for (const { name } of selectNodes(serviceObject({ key: `web/s${at}` }), [], pool, clusterRules)) {
        counts.set(name, (counts.get(name) ?? 0) + 1)
      }
    }
    // 300 each, if it were perfectly even; 5 standard deviations are about 70.
    for (const count of counts.values()) expect(Math.abs(count - 300)).toBeLessThan(75)
    expect(counts.size).toBe(10)
  })
})
