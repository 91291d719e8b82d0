import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clusterRules, serviceObject } from '../../testing/cluster.ts'
import type { ClaimRequest } from '../../wire/claim.ts'
import { ERROR_CODES } from '../../wire/error-codes.ts'
import type { ServiceObject } from './objects.ts'
import type { ClaimOutcome, Fate, ServiceOutcome } from './outcome.ts'
import type { Problem } from './problem.ts'
import { readService } from './read-service.ts'
import { clearedStatus, desiredStatus, guardedStatus, type ServiceStatus } from './service-status.ts'

const NOW = Date.UTC(2026, 4, 1, 12)
const LATER = NOW + 60_000

const live: Fate = { state: 'live' }
const unknown: Fate = { state: 'unknown' }
const refused = (code: string, detail = 'why'): Fate => ({ state: 'refused', code, detail })
const taken = refused('port-taken', 'port 22 belongs to other/ssh/bastion')

const claim = (port: number, fate: Fate, more: Partial<ClaimRequest> = {}): ClaimOutcome => ({
  claim: { owner: 'web/nginx', port, protocol: 'tcp', backends: [], ...more },
  fate,
})
const at = (claims: readonly ClaimOutcome[], problems: readonly Problem[] = []): ServiceOutcome => ({
  problems,
  edges: [{ edge: 'fra', claims }],
})

const ports = [22, 443].map((port) => ({ port, protocol: 'TCP' as const, nodePort: 30000 + port }))
const service = (more: Partial<ServiceObject> = {}) => serviceObject({ ports, ...more })

/** What the status says of an address by which all of it is served. */
const served = (address: object) => ({
  ...address,
  ports: [22, 443].map((port) => ({ port, protocol: 'TCP' })),
})
const VIP = served({ ip: '203.0.113.5', ipMode: 'VIP' })

/** The Service as it is once the status was applied. */
function applied(status: ServiceStatus | undefined, more: Partial<ServiceObject> = {}): ServiceObject {
  if (!status) throw new Error('nothing to apply')
  const { loadBalancer = { ingress: [] }, conditions } = status
  return service({ status: { ingress: loadBalancer.ingress, conditions }, ...more })
}

const allLive = at([claim(22, live), claim(443, live)])
const status = (outcome: ServiceOutcome, one = service(), rules = clusterRules, now = NOW) =>
  desiredStatus(one, outcome, rules, now)
const ingress = (outcome: ServiceOutcome, one?: ServiceObject, rules?: typeof clusterRules) =>
  status(outcome, one, rules)?.loadBalancer?.ingress
const condition = (outcome: ServiceOutcome, one?: ServiceObject) => status(outcome, one)?.conditions[0]

describe('a Service that is live', () => {
  it('has the address of the edge', () => {
    expect(status(allLive)).toEqual({
      loadBalancer: { ingress: [VIP] },
      conditions: [
        {
          type: 'homeport.dev/Live',
          status: 'True',
          reason: 'Live',
          message: 'Live at fra: tcp/22, tcp/443.',
          lastTransitionTime: '2026-05-01T12:00:00Z',
        },
      ],
    })
  })

  it('says why no backend takes connections, and is live all the same: the edge does its part', () => {
    const down: Fate = { state: 'live', down: '10.0.0.1:30443 (Layer4 timeout)' }
    const told = status(at([claim(22, live), claim(443, down)]))
    expect(told?.loadBalancer?.ingress).toEqual([VIP])
    expect(told?.conditions[0]).toMatchObject({ status: 'True', reason: 'BackendsDown' })
    expect(told?.conditions[0]?.message).toMatch(
      /^Live at fra: tcp\/22, tcp\/443\. .*Layer4 timeout.*firewall/,
    )
    expect(condition(at([claim(22, taken), claim(443, down)]))).toMatchObject({
      ...{ status: 'False', reason: 'PortTaken' },
      message: expect.stringMatching(/bastion.*Layer4 timeout/),
    })
  })

  it('behind the PROXY protocol is not to be short-cut by kube-proxy (KEP-1860)', () => {
    const proxied = at([claim(22, live), claim(443, live, { proxyProtocol: 'v2' })])
    expect(ingress(proxied)).toEqual([{ ...VIP, ipMode: 'Proxy' }])
    const off = at([claim(22, live, { proxyProtocol: 'off' }), claim(443, live)])
    expect(ingress(off)).toMatchObject([{ ipMode: 'VIP' }])
  })

  it('is never short-cut where the settings say so', () => {
    expect(ingress(allLive, service(), { ...clusterRules, ipMode: 'Proxy' })).toMatchObject([
      { ipMode: 'Proxy' },
    ])
  })

  it('has the addresses of its families, or what there is, and names without a mode', () => {
    const edges = [{ name: 'fra', addresses: ['203.0.113.5', '2001:db8::5', 'edge.example.org'] }]
    const of = (ipFamilies: ServiceObject['ipFamilies'], some: typeof clusterRules.edges = edges) =>
      ingress(allLive, service({ ipFamilies }), { ...clusterRules, edges: some })
    expect(of(['IPv6'])).toEqual([
      served({ ip: '2001:db8::5', ipMode: 'VIP' }),
      served({ hostname: 'edge.example.org' }),
    ])
    expect(of([])).toHaveLength(3)
    expect(of(['IPv6'], clusterRules.edges)).toEqual([VIP])
  })

  it('has no ingress where it is no load balancer: the API server refuses it', () => {
    expect(status(allLive, service({ type: 'NodePort' }))).not.toHaveProperty('loadBalancer')
    expect(condition(allLive, service({ type: 'NodePort' }))).toMatchObject({ status: 'True' })
  })

  it('is not written again', () => {
    const after = applied(status(allLive))
    expect(status(allLive, after, clusterRules, LATER)).toBeUndefined()
    const read = readService({
      metadata: after,
      spec: after,
      status: { loadBalancer: after.status, ...after.status },
    })
    expect(read && status(allLive, read, clusterRules, LATER)).toBeUndefined()
  })
})

describe('a Service of which a port is refused', () => {
  const partly = at([claim(22, taken), claim(443, live)])

  it('lists every port, and keeps kube-proxy off a port that may be of another', () => {
    expect(ingress(partly)).toEqual([
      {
        ip: '203.0.113.5',
        ipMode: 'Proxy',
        ports: [
          { port: 22, protocol: 'TCP', error: 'homeport.dev/PortTaken' },
          { port: 443, protocol: 'TCP' },
        ],
      },
    ])
  })

  it('says why, whose it is and what to do', () => {
    expect(condition(partly)).toMatchObject({ status: 'False', reason: 'PortTaken' })
    expect(condition(partly)?.message).toMatch(
      /^edge fra: port 22 belongs to other\/ssh\/bastion\. Claim another port/,
    )
  })

  it('names the edge where there are several, and not where there is a lone one', () => {
    const lone = { problems: [], edges: [{ edge: 'edge', claims: [claim(22, taken)] }] }
    const rules = { ...clusterRules, edges: [{ name: 'edge', addresses: ['203.0.113.5'] }] }
    expect(status(lone, service(), rules)?.conditions[0]?.message).toMatch(/^edge: port 22 belongs/)
  })

  it('has no address when no port is left', () => {
    expect(ingress(at([claim(22, taken), claim(443, taken)]))).toEqual([])
    expect(ingress(at([claim(22, refused('haproxy-unavailable'))]))).toEqual([])
  })

  it('keeps its address while only backends are missing, or the edge itself is in trouble: names point there', () => {
    const before = applied(status(allLive))
    expect(ingress(at([claim(443, refused('no-backend'))]), before)).toMatchObject([{ ip: '203.0.113.5' }])
    expect(ingress(at([claim(22, live), claim(443, refused('haproxy-unavailable'))]), before)).toMatchObject([
      { ip: '203.0.113.5', ipMode: 'VIP' },
    ])
    expect(ingress(at([claim(443, refused('outside-scope'))]), before)).toEqual([])
    expect(ingress(at([claim(443, refused('of-a-newer-edge'))]), before)).toEqual([])
  })

  it('has no address before any port was live, whatever is missing', () => {
    expect(ingress(at([claim(22, refused('no-backend')), claim(443, refused('no-backend'))]))).toEqual([])
  })

  it('says first what is wrong with the Service itself', () => {
    const problem: Problem = {
      code: 'no-node-port',
      message: 'none',
      ports: [{ port: 443, protocol: 'TCP' }],
    }
    const outcome = at([claim(22, live)], [problem])
    expect(condition(outcome)).toMatchObject({ status: 'False', reason: 'NoNodePort' })
    expect(ingress(outcome)).toMatchObject([
      { ports: [{ port: 22 }, { port: 443, error: 'homeport.dev/NoNodePort' }] },
    ])
  })
})

it('follows the addresses of an edge, also where nothing else changes', () => {
  const moved = { ...clusterRules, edges: [{ name: 'fra', addresses: ['203.0.113.6'] }] }
  const changed = status(allLive, applied(status(allLive)), moved, LATER)
  expect(changed).toMatchObject({
    loadBalancer: { ingress: [{ ip: '203.0.113.6' }] },
    conditions: [{ status: 'True', lastTransitionTime: '2026-05-01T12:00:00Z' }],
  })
})

describe('the time of the last transition', () => {
  it('stays with the status, and is now when it changes', () => {
    const first = applied(status(at([claim(443, taken)])))
    const again = status(at([claim(443, refused('outside-scope'))]), first, clusterRules, LATER)
    expect(again?.conditions).toMatchObject([
      { reason: 'OutsideScope', lastTransitionTime: '2026-05-01T12:00:00Z' },
    ])
    expect(status(allLive, first, clusterRules, LATER)?.conditions).toMatchObject([
      { status: 'True', lastTransitionTime: '2026-05-01T12:01:00Z' },
    ])
  })
})

describe('an edge that is out of reach', () => {
  const silent = at([claim(22, unknown), claim(443, unknown)])

  it('leaves what the status says of it', () => {
    expect(status(silent, applied(status(allLive)))).toBeUndefined()
    expect(status(silent, applied(status(at([claim(22, taken), claim(443, live)]))))).toBeUndefined()
  })

  it('says nothing of a port that is new, by which nobody is served yet', () => {
    const more = { port: 9443, protocol: 'TCP' as const, nodePort: 30_944 }
    const grown = at([claim(22, unknown), claim(443, unknown), claim(9443, unknown)])
    for (const type of ['LoadBalancer', 'NodePort'] as const) {
      const before = applied(status(allLive, service({ type })), { type, ports: [...ports, more] })
      const after = condition(grown, before)
      expect(after).toMatchObject({ status: 'Unknown', reason: 'EdgeUnreachable' })
      expect(after?.message).toMatch(/^No answer yet from fra \(.*tcp\/9443\)\. /)
      // And where that port goes again, nothing waits.
      const back = applied(status(grown, before), { type: 'LoadBalancer' })
      if (type === 'LoadBalancer') expect(condition(silent, back)).toMatchObject({ status: 'True' })
    }
  })

  it('says nothing of another port among many, which the message does not show', () => {
    const many = Array.from({ length: 20 }, (_, index) => 1000 + index)
    const having = (numbers: readonly number[], fate: Fate) => ({
      one: { ports: numbers.map((port) => ({ port, protocol: 'TCP' as const, nodePort: 30_000 })) },
      outcome: at(numbers.map((port) => claim(port, fate))),
    })
    const first = having(many, live)
    const second = having([...many.slice(1), 2000], unknown)
    const before = applied(status(first.outcome, service(first.one)), second.one)
    expect(condition(second.outcome, before)).toMatchObject({
      ...{ status: 'Unknown', message: expect.stringContaining('fra (tcp/2000)') },
    })
  })

  it('is unknown where it never said anything', () => {
    expect(ingress(silent)).toEqual([])
    expect(condition(silent)).toMatchObject({ status: 'Unknown', reason: 'EdgeUnreachable' })
  })

  it('does not keep alive what was wrong with the Service itself', () => {
    const problem: Problem = { code: 'annotation-invalid', message: 'm', ports: [] }
    const before = applied(status(at([claim(22, live)], [problem])))
    expect(condition(silent, before)).toMatchObject({ status: 'True', reason: 'Live' })
  })

  it('does not take away what another edge has', () => {
    const edges = [...clusterRules.edges, { name: 'ams', addresses: ['198.51.100.5'] }]
    const rules = { ...clusterRules, edges }
    const outcome = (fate: Fate): ServiceOutcome => ({
      problems: [],
      edges: ['fra', 'ams'].map((edge, index) => ({ edge, claims: [claim(443, index === 0 ? live : fate)] })),
    })
    const first = status(outcome(unknown), service(), rules)
    expect(first?.loadBalancer?.ingress).toMatchObject([{ ip: '203.0.113.5' }])
    expect(first?.conditions).toMatchObject([{ status: 'Unknown', message: expect.stringContaining('ams') }])
    const both = applied(status(outcome(live), service(), rules))
    expect(both.status.ingress).toHaveLength(2)
    expect(status(outcome(unknown), both, rules)).toBeUndefined()
  })
})

describe('kube-proxy, which takes every port of the spec at a VIP,', () => {
  const more = { port: 9443, protocol: 'TCP' as const, nodePort: 30_944 }
  const before = applied(status(allLive))
  const grown = { ...before, ports: [...ports, more] }
  const pending = at([claim(22, live), claim(443, live), claim(9443, unknown)])
  const modes = (of: ServiceStatus | undefined) => of?.loadBalancer?.ingress.map(({ ipMode }) => ipMode)

  it('is kept off a port that is new, also while the edge is away', () => {
    const written = status(pending, grown)
    expect(written?.loadBalancer?.ingress).toEqual([{ ...VIP, ipMode: 'Proxy' }])
    const after = { ...grown, ...{ status: applied(written).status } }
    expect(status(pending, after)).toBeUndefined()
    expect(modes(status(at([claim(22, live), claim(443, live), claim(9443, live)]), after))).toEqual(['VIP'])
  })

  it('is kept off it at once, before the edge has answered', () => {
    expect(guardedStatus(before, clusterRules)).toBeUndefined()
    expect(guardedStatus(grown, clusterRules)).toEqual({
      loadBalancer: { ingress: [{ ...VIP, ipMode: 'Proxy' }] },
      conditions: before.status.conditions,
    })
    expect(guardedStatus({ ...grown, type: 'ClusterIP' }, clusterRules)).toBeUndefined()
  })

  it('is kept off a port that the edge does not have, or has lost to another', () => {
    expect(modes(status(at([claim(22, live)])))).toEqual(['Proxy'])
    expect(modes(status(at([claim(22, live), claim(443, taken)]), before))).toEqual(['Proxy'])
  })

  it('goes on while the edge is in trouble that passes, and not where it never was live', () => {
    const trouble = at([claim(22, live), claim(443, refused('no-backend'))])
    const during = status(trouble, before)
    expect(modes(during)).toEqual(['VIP'])
    expect(status(trouble, applied(during))).toBeUndefined()
    expect(modes(status(trouble))).toEqual(['Proxy'])
  })
})

describe('an address that two edges share', () => {
  const shared = ['fra', 'ams'].map((name) => ({ name, addresses: ['203.0.113.5'] }))
  const rules = { ...clusterRules, edges: shared }
  const outcome = (fra: Fate, ams: Fate): ServiceOutcome => ({
    problems: [],
    edges: [
      { edge: 'fra', claims: [claim(22, live), claim(443, fra)] },
      { edge: 'ams', claims: [claim(22, live), claim(443, ams)] },
    ],
  })
  const said = (one: ServiceOutcome, to = service()) => status(one, to, rules)?.loadBalancer?.ingress

  it('stands in the status once, however often it is written', () => {
    const before = applied(status(outcome(live, live), service(), rules))
    expect(before.status.ingress).toEqual([VIP])
    expect(status(outcome(unknown, unknown), before, rules)).toBeUndefined()
    expect(status(outcome(live, unknown), before, rules)).toBeUndefined()
  })

  it('has what is wrong at either of them', () => {
    expect(said(outcome(live, taken))).toMatchObject([
      { ipMode: 'Proxy', ports: [{ port: 22 }, { port: 443, error: 'homeport.dev/PortTaken' }] },
    ])
  })

  it('stays while one is silent, whatever the other refuses', () => {
    const before = applied(status(outcome(live, live), service(), rules))
    const refusing: ServiceOutcome = {
      problems: [],
      edges: [
        { edge: 'fra', claims: [claim(22, taken), claim(443, taken)] },
        { edge: 'ams', claims: [claim(22, unknown), claim(443, unknown)] },
      ],
    }
    expect(said(refusing, before)).toMatchObject([{ ip: '203.0.113.5', ipMode: 'Proxy' }])
    expect(said(refusing)).toEqual([])
  })
})

it('waits where there are no node ports yet', () => {
  expect(condition(at([]))).toMatchObject({ status: 'Unknown', reason: 'Waiting' })
})

it('takes away what it said of a Service that is no longer ours', () => {
  expect(clearedStatus(service())).toBeUndefined()
  expect(clearedStatus(applied(status(allLive)))).toEqual({ loadBalancer: { ingress: [] }, conditions: [] })
  expect(clearedStatus(applied(status(allLive), { type: 'ClusterIP' }))).toEqual({ conditions: [] })
})

it('says only what the API server takes, whatever an edge answers, and nothing twice', () => {
  const fate = fc.oneof(
    fc.constant(live),
    fc.constant(unknown),
    fc.record({
      state: fc.constant('refused' as const),
      code: fc.oneof(fc.constantFrom(...ERROR_CODES), fc.string()),
      detail: fc.string({ maxLength: 3000 }),
    }),
  )
  const claims = fc
    .array(fate, { maxLength: 30 })
    .map((fates) => fates.map((one, index) => claim(index + 1, one)))
  fc.assert(
    fc.property(claims, (some) => {
      const first = status(at(some))
      expect(first?.conditions[0]?.reason).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/)
      expect(first?.conditions[0]?.message).toMatch(/^[\x20-\x7e]{1,32768}$/)
      for (const { error } of first?.loadBalancer?.ingress.flatMap((one) => one.ports ?? []) ?? []) {
        expect(error ?? 'homeport.dev/X').toMatch(/^homeport\.dev\/[A-Z][A-Za-z0-9]*$/)
      }
      expect(status(at(some), applied(first), clusterRules, LATER)).toBeUndefined()
    }),
  )
})
