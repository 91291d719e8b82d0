import { describe, expect, it } from 'vitest'
import { clusterRules, nodeObject, serviceObject, sliceObject } from '../../testing/cluster.ts'
import type { ClaimRequest } from '../../wire/claim.ts'
import { MAX_ADDRESSES, MAX_CLAIMS, MAX_DOCUMENT_BYTES, MAX_DOCUMENT_VALUES } from '../../wire/document.ts'
import { type Allotment, allot, type Wanted } from './allot.ts'
import { addressesOf } from './budget.ts'
import { nodePool } from './node-pool.ts'
import { serviceClaims } from './service-claims.ts'

const entries = (count: number, first = 10_000) =>
  Array.from({ length: count }, (_, index) => `${first + index}:web`).join()
const ranges = (count: number) => Array.from({ length: count }, (_, index) => `10.0.${index}.0/24`).join()

const nodes = Array.from({ length: 100 }, (_, at) =>
  nodeObject(`n${at}`, `2001:db8:1111:2222:3333:4444:5555:${(0x6000 + at).toString(16)}`),
)
const pool = nodePool(nodes, clusterRules)
const everywhere = sliceObject(nodes.map(({ name }) => name))

/** A NodePort Service that asks for all that an annotation can ask for. */
function greedy(annotations: Record<string, string>) {
  const { loadBalancerClass: _, ...service } = serviceObject({
    ...{ type: 'NodePort', ipFamilies: ['IPv6'] },
    ports: [{ name: 'web', port: 80, protocol: 'TCP', nodePort: 30080 }],
    annotations,
  })
  return service
}

const claimsOf = (service: ReturnType<typeof greedy>) =>
  serviceClaims(service, [everywhere], pool, clusterRules)

describe('one Service', () => {
  it('has so many ports and no more, those that it names first, and is told of the others', () => {
    const ports = `9999:web,${entries(20_000)}`
    const { claims, problems } = claimsOf(greedy({ 'homeport.dev/ports': ports }))
    expect(claims).toHaveLength(250)
    expect(claims.map(({ port }) => port)).toEqual([
      9_999,
      ...Array.from({ length: 249 }, (_, i) => 10_000 + i),
    ])
    expect(problems).toMatchObject([
      { code: 'too-many-ports', message: expect.stringMatching(/250 ports.*10249, 10250.* 19741 more/) },
    ])
    expect(problems[0]?.ports).toHaveLength(19_751)
  })

  it('that names 250 is told nothing', () => {
    expect(claimsOf(greedy({ 'homeport.dev/ports': entries(250) })).problems).toEqual([])
  })

  it('has so many ranges and backends in all of its ports', () => {
    const allow = { 'homeport.dev/ports': entries(250), 'homeport.dev/allow': ranges(256) }
    const { claims, problems } = claimsOf(greedy(allow))
    expect(claims).toHaveLength(Math.floor(12_000 / (256 + 3)))
    expect(problems).toMatchObject([{ code: 'too-many-ports', message: expect.stringContaining('12000') }])
  })

  it('of type LoadBalancer has an error at each port that is left out', () => {
    const ports = Array.from({ length: 251 }, (_, at) => ({
      ...{ name: `p${at}`, port: 1_000 + at, protocol: 'TCP' as const, nodePort: 30_000 + at },
    }))
    const { problems } = serviceClaims(serviceObject({ ports, ipFamilies: [] }), [], pool, clusterRules)
    expect(problems).toMatchObject([{ code: 'too-many-ports', ports: [{ port: 1_250, protocol: 'TCP' }] }])
  })
})

describe('many Services', () => {
  /** Each with as much as one may ask for, at ports of its own. */
  const crowd = (namespace: string, first: number, claim: Partial<ClaimRequest>, created = 1): Wanted[] =>
    Array.from({ length: 22 }, (_, at) => {
      const service = serviceObject({ namespace, name: `${'x'.repeat(50)}${at}`, created })
      const claims = Array.from({ length: 250 }, (_, index): ClaimRequest => {
        const place = first + at * 250 + index
        const port = { port: (place % 65_000) + 1, protocol: place % 2 === 0 ? 'tcp' : 'udp' } as const
        return { owner: service.key, ...port, backends: [], ...claim }
      })
      return { service, claims }
    })
  const victim = (): Wanted => {
    const service = serviceObject({ created: 9 })
    return { service, claims: [{ owner: service.key, port: 65_500, protocol: 'tcp', backends: [] }] }
  }
  const refusalsOf = ({ conflicts }: Allotment) =>
    new Set([...conflicts.values()].flat().flatMap(({ fate }) => (fate.state === 'refused' ? fate.code : [])))

  it('of one namespace leave room for the others, however young those are', () => {
    const made = allot([...crowd('greedy', 0, {}), victim()], new Map())
    expect(made.claims).toHaveLength(5_001)
    expect(made.claims).toContainEqual(expect.objectContaining({ owner: 'web/nginx' }))
    expect(refusalsOf(made)).toEqual(new Set(['too-many-ports']))
  })

  const backends = (count: number) =>
    Array.from({ length: count }, (_, at) => ({
      address: `2001:db8:1111:2222:3333:4444:5555:${0x6000 + at}`,
      port: 30_443,
    }))
  const kinds: [name: string, claim: Partial<ClaimRequest>][] = [
    ['20000 ports', {}],
    ['120000 backends and ranges', { allow: Array.from({ length: 11 }, (_, at) => `10.0.${at}.0/24`) }],
    ['8387584 bytes', { backends: backends(5), check: { type: 'http', path: `/${'x'.repeat(200)}` } }],
    [
      '498976 values',
      {
        backends: Array.from({ length: 6 }, () => ({ address: '::1', port: 1 })),
        check: { type: 'http', path: '/' },
      },
    ],
  ]
  it.each(kinds)('of many namespaces make no document that the edge does not take: %s', (full, claim) => {
    const tenants = [0, 1, 2, 3, 4].flatMap((at) =>
      crowd(`tenant-${'y'.repeat(50)}${at}`, at * 5_500, { ...claim }, at),
    )
    const made = allot([...tenants, victim()], new Map([['tcp/65500', 'web/nginx']]))
    const text = JSON.stringify({ ttl: 60, fence: 7, sequence: 1, claims: made.claims })
    expect(made.claims.length).toBeLessThanOrEqual(MAX_CLAIMS)
    expect(made.claims.reduce((sum, one) => sum + addressesOf(one), 0)).toBeLessThanOrEqual(MAX_ADDRESSES)
    expect(text.length).toBeLessThanOrEqual(MAX_DOCUMENT_BYTES)
    expect(text.replace(/[^[{,]/g, '').length).toBeLessThan(MAX_DOCUMENT_VALUES)
    const details = [...made.conflicts.values()].flat().flatMap(({ fate }) => 'detail' in fate && fate.detail)
    expect(new Set(details)).toContain(`the cluster has as much of one edge as it may have: ${full}`)
    // Who has a port keeps it, though all the others are older.
    expect(made.claims).toContainEqual(expect.objectContaining({ owner: 'web/nginx' }))
  })
})
