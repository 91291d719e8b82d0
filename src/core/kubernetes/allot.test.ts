import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serviceObject } from '../../testing/cluster.ts'
import { allot, holdersByStatus, type Wanted } from './allot.ts'
import type { Ingress } from './objects.ts'

function wanted(
  name: string,
  created: number,
  ports: readonly number[],
  ingress: readonly Ingress[] = [],
): Wanted {
  const service = serviceObject({ key: `web/${name}`, name, created, status: { ingress, conditions: [] } })
  return {
    service,
    claims: ports.map((port) => ({ owner: `web/${name}`, port, protocol: 'tcp', backends: [] })),
  }
}

const owners = (all: readonly Wanted[], held = new Map()) =>
  allot(all, held).claims.map(({ port, owner }) => `${port} ${owner}`)

const edge = { name: 'fra', addresses: ['203.0.113.5', 'edge.example.org'] }

describe('a port that two Services want', () => {
  const old = wanted('old', 1, [443, 80])
  const young = wanted('young', 2, [443, 22])

  it('goes to the older one; the other is told whose it is', () => {
    const { claims, conflicts } = allot([young, old], new Map())
    expect(claims.map(({ port, owner }) => `${port} ${owner}`)).toEqual([
      '22 web/young',
      '80 web/old',
      '443 web/old',
    ])
    expect([...conflicts]).toEqual([
      [
        'web/young',
        [
          {
            claim: young.claims[0],
            fate: {
              state: 'refused',
              code: 'port-taken',
              detail: 'tcp/443 belongs to the Service web/old, which had it first',
            },
          },
        ],
      ],
    ])
  })

  it('goes by name where both are as old', () => {
    expect(owners([wanted('b', 1, [443]), wanted('a', 1, [443])])).toEqual(['443 web/a'])
  })

  it('stays with the one that holds it, until that one wants it no more', () => {
    const { holders } = allot([young], new Map())
    expect(owners([old, young], new Map(holders))).toContain('443 web/young')
    const { conflicts } = allot([old, young], holders)
    expect(conflicts.get('web/old')).toMatchObject([
      { fate: { detail: expect.stringContaining('web/young') } },
    ])
    // In the same words next time: they are told again when they change.
    const next = allot([old, young], allot([old, young], holders).holders)
    expect(next.conflicts).toEqual(conflicts)
    expect(owners([old, wanted('young', 2, [22])], new Map(holders))).toContain('443 web/old')
  })

  it('is none of a TCP and a UDP port of one number', () => {
    const dns = wanted('dns', 3, [])
    const claims = wanted('dns', 3, [443]).claims.map((claim) => ({ ...claim, protocol: 'udp' as const }))
    expect(allot([old, { ...dns, claims }], new Map()).conflicts.size).toBe(0)
  })
})

describe('after a start, a port is held by the Service whose status has it', () => {
  const held = (...all: Wanted[]) => [...holdersByStatus(all, edge)]

  it('at this edge, and without an error', () => {
    const error = 'homeport.dev/PortTaken'
    const ports = [
      { port: 443, protocol: 'TCP', error },
      { port: 80, protocol: 'TCP' },
    ] as const
    expect(held(wanted('a', 1, [443, 80], [{ ip: '203.0.113.5', ports }]))).toEqual([['tcp/80', 'web/a']])
    expect(held(wanted('a', 1, [443], [{ hostname: 'edge.example.org' }]))).toEqual([['tcp/443', 'web/a']])
    expect(held(wanted('a', 1, [443], [{ ip: '198.51.100.9' }]), wanted('b', 1, [443]))).toEqual([])
  })

  it('also while its backends are missing, or the edge is in trouble that passes', () => {
    const ports = (error: string) => [{ port: 443, protocol: 'TCP' as const, error: `homeport.dev/${error}` }]
    for (const error of ['NoBackend', 'HaproxyUnavailable', 'ReloadDelayed'])
      expect(held(wanted('a', 1, [443], [{ ip: '203.0.113.5', ports: ports(error) }]))).toHaveLength(1)
    for (const error of ['OutsideScope', 'TooManyPorts', 'OfANewerEdge'])
      expect(held(wanted('a', 1, [443], [{ ip: '203.0.113.5', ports: ports(error) }]))).toEqual([])
  })

  it('so that an older Service does not take it', () => {
    const young = wanted('young', 2, [443], [{ ip: '203.0.113.5' }])
    const old = wanted('old', 1, [443])
    expect(allot([old, young], holdersByStatus([old, young], edge)).claims[0]?.owner).toBe('web/young')
  })
})

it('gives every port once, the same in whatever order Services come', () => {
  const ports = fc.uniqueArray(fc.integer({ min: 1, max: 6 }))
  const services = fc.uniqueArray(
    fc.record({ name: fc.stringMatching(/^[a-e]$/), created: fc.integer({ min: 0, max: 2 }), ports }),
    { selector: ({ name }) => name },
  )
  const holders = fc.dictionary(fc.constantFrom('tcp/1', 'tcp/2', 'tcp/3'), fc.constantFrom('web/a', 'web/b'))
  fc.assert(
    fc.property(services, holders, (some, before) => {
      const all = some.map(({ name, created, ports }) => wanted(name, created, ports))
      const held = new Map(all.length === 0 ? [] : allotHolders(before))
      const one = allot(all, held)
      expect(allot(all.toReversed(), held)).toEqual(one)
      const asked = all.flatMap(({ claims }) => claims)
      const lost = [...one.conflicts.values()].flat().length
      expect(one.claims.length + lost).toBe(asked.length)
      expect(one.claims.map(({ port }) => port)).toEqual([...new Set(asked.map(({ port }) => port))].sort())
      // What was given stays given.
      expect(allot(all, one.holders).claims).toEqual(one.claims)
    }),
  )
})

function allotHolders(before: Record<string, string>) {
  return Object.entries(before).map(([key, service]) => [`tcp/${Number(key.slice(4))}`, service] as const)
}
