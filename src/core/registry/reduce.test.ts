import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aBackend, aClaim, aDocument } from '../../testing/documents.ts'
import { backendName } from '../route.ts'
import type { Claim } from './document.ts'
import { type RegistryEvent, reduce } from './reduce.ts'
import { restore } from './restore.ts'
import { EMPTY_STATE, lostBackend, type State } from './state.ts'

const KEY = 'tcp/8443'
const OTHER = 'home/web/nginx'

function stateAfter(...events: RegistryEvent[]): State {
  return reduce(EMPTY_STATE, events).state
}

function put(phone: string, ...claims: Claim[]): RegistryEvent {
  return { type: 'put', document: aDocument(phone, claims) }
}

function backendsOf(state: State): string[] | undefined {
  return state.routes.get(KEY)?.backends.map(backendName)
}

it("a document that says the same of a port anew has its settings count again over another phone's", () => {
  const [off, v1] = (['off', 'v1'] as const).map((proxyProtocol) =>
    aClaim({ backends: [aBackend('10.0.0.1', 30843, { proxyProtocol })] }),
  )
  if (!off || !v1) throw new Error('no claims')
  const before = stateAfter(put('c', off), put('a', v1))
  expect(backendsOf(before)).toEqual(['10.0.0.1:30843:v1'])
  const { state, ports } = reduce(before, [put('c', off, aClaim({ index: 1, port: 9000 }))])
  expect(backendsOf(state)).toEqual(['10.0.0.1:30843'])
  expect(ports).toContain(KEY)
  expect(backendsOf(restore([...state.documents.values()], []))).toEqual(['10.0.0.1:30843'])
})

it('a claim that is refused after all gives its port on, and leaves the lease as it is', () => {
  const held = aDocument('a', [aClaim(), aClaim({ index: 1, port: 9000 })])
  const before = stateAfter({ type: 'put', document: held }, put('b', aClaim({ owner: OTHER })))
  const lapsed = reduce(before, [{ type: 'lapse', key: 'home/a', at: 7 }]).state
  const left = { ...held, claims: held.claims.slice(1), digest: 'another' }
  const { state, documents, ports } = reduce(lapsed, [{ type: 'refuse', document: left }])
  expect(state.ports.get(KEY)?.owner).toBe(OTHER)
  expect(state.documents.get('home/a')).toMatchObject({ digest: 'another', lapsedAt: 7 })
  expect([[...documents], [...ports]]).toEqual([['home/a'], [KEY]])
})

describe('a port has one owner', () => {
  it('gives a free port to whoever claims it first, also within one call', () => {
    const state = stateAfter(put('a', aClaim()), put('b', aClaim({ owner: OTHER })))
    expect(state.ports.get(KEY)?.owner).toBe('home/mqtt/mosquitto')
    expect(backendsOf(state)).toEqual(['10.0.0.1:30843'])
  })

  it('merges the backends of several phones of one owner', () => {
    const state = stateAfter(put('a', aClaim()), put('b', aClaim({ backends: [aBackend('10.0.0.2')] })))
    expect(backendsOf(state)).toEqual(['10.0.0.1:30843', '10.0.0.2:30843'])
  })

  it('passes a released port on to whoever waited longest', () => {
    const state = stateAfter(
      put('a', aClaim()),
      put('b', aClaim({ owner: OTHER, backends: [aBackend('10.0.0.2')] })),
      put('c', aClaim({ owner: 'home/late/comer' })),
      { type: 'release', key: 'home/a' },
    )
    expect(state.ports.get(KEY)?.owner).toBe(OTHER)
    expect(backendsOf(state)).toEqual(['10.0.0.2:30843'])
  })

  it('passes it rather to one that calls than to one that fell silent', () => {
    const state = stateAfter(
      put('a', aClaim()),
      put('b', aClaim({ owner: OTHER })),
      put('c', aClaim({ owner: 'home/late/comer' })),
      { type: 'lapse', key: 'home/b', at: 5 },
      { type: 'release', key: 'home/a' },
    )
    expect(state.ports.get(KEY)?.owner).toBe('home/late/comer')
  })

  it('keeps the port of an owner that fell silent', () => {
    const state = stateAfter(
      put('a', aClaim()),
      { type: 'lapse', key: 'home/a', at: 5 },
      put('b', aClaim({ owner: OTHER })),
    )
    expect(state.ports.get(KEY)?.owner).toBe('home/mqtt/mosquitto')
    expect(backendsOf(state)).toEqual(['10.0.0.1:30843'])
  })

  it('queues a phone anew that claims the port for another owner', () => {
    const state = stateAfter(
      put('a', aClaim()),
      put('b', aClaim({ owner: OTHER })),
      put('a', aClaim({ owner: 'home/mqtt/renamed' })),
    )
    expect(state.ports.get(KEY)?.owner).toBe(OTHER)
  })
})

describe('settings of a route', () => {
  it('come from the newest claim', () => {
    const state = stateAfter(
      put('a', aClaim({ allow: ['10.0.0.0/8'] })),
      put('b', aClaim({ allow: ['192.0.2.0/24'] })),
    )
    expect(state.routes.get(KEY)?.allow).toEqual(['192.0.2.0/24'])
  })

  it('name one backend once, as the newest claim has it', () => {
    const state = stateAfter(
      put('a', aClaim()),
      put('b', aClaim({ backends: [aBackend('10.0.0.1', 30843, { proxyProtocol: 'v2' })] })),
    )
    expect(backendsOf(state)).toEqual(['10.0.0.1:30843:v2'])
  })
})

describe('backends that failed while their phone was silent', () => {
  const lost = lostBackend(KEY, '10.0.0.1:30843')
  const silent = stateAfter(put('a', aClaim()), { type: 'lapse', key: 'home/a', at: 5 })
  const failed = reduce(silent, [{ type: 'lose', key: 'home/a', backends: [lost] }]).state

  it('leave the route, and the port stays reserved', () => {
    expect(failed.routes.has(KEY)).toBe(false)
    expect(reduce(failed, [put('b', aClaim({ owner: OTHER }))]).state.routes.has(KEY)).toBe(false)
  })

  it('come back when the phone calls with the same document', () => {
    expect(backendsOf(reduce(failed, [{ type: 'return', key: 'home/a' }]).state)).toEqual(['10.0.0.1:30843'])
  })

  it('come back when the phone calls with another document', () => {
    expect(backendsOf(reduce(failed, [put('a', aClaim(), aClaim({ port: 1, index: 1 }))]).state)).toEqual([
      '10.0.0.1:30843',
    ])
  })

  it('stay where a phone that calls vouches for them', () => {
    expect(backendsOf(reduce(failed, [put('b', aClaim())]).state)).toEqual(['10.0.0.1:30843'])
  })
})

describe('late and foreign writes', () => {
  const held = stateAfter({ type: 'put', document: aDocument('a', [aClaim()], { fence: 2, sequence: 5 }) })

  it.each([
    ['a lower fence', { fence: 1, sequence: 9 }],
    ['a lower sequence', { fence: 2, sequence: 4 }],
    ['another identity', { fence: 3, sequence: 1, identity: 'thief' }],
  ])('%s changes nothing', (_, more) => {
    const step = reduce(held, [{ type: 'put', document: aDocument('a', [], more) }])
    expect(step.state.documents.get('home/a')?.claims).toHaveLength(1)
    expect(step.documents.size).toBe(0)
  })

  it('a higher fence takes any sequence', () => {
    const step = reduce(held, [{ type: 'put', document: aDocument('a', [], { fence: 3, sequence: 0 }) }])
    expect(step.state.routes.size).toBe(0)
  })

  it('another identity takes over where the first is no more', () => {
    const document = aDocument('a', [], { fence: 3, identity: 'heir' })
    expect(reduce(held, [{ type: 'put', document, takeover: true }]).state.routes.size).toBe(0)
  })

  it('another identity that takes over what it leaves as it is pays for it from then on', () => {
    const document = aDocument('a', [aClaim()], { fence: 3, identity: 'heir' })
    const { state } = reduce(held, [{ type: 'put', document, takeover: true }])
    expect(state.routes.get(KEY)?.author).toBe('heir')
  })
})

it('an event about an unknown document changes nothing', () => {
  const step = reduce(EMPTY_STATE, [
    { type: 'release', key: 'home/x' },
    { type: 'lapse', key: 'home/x', at: 1 },
    { type: 'return', key: 'home/x' },
    { type: 'lose', key: 'home/x', backends: [] },
  ])
  expect(step).toMatchObject({ documents: new Set(), ports: new Set() })
})

it('a document put again leaves every route the object that it was', () => {
  const before = stateAfter(put('a', aClaim()), put('b', aClaim({ port: 1 })))
  const step = reduce(before, [put('a', aClaim())])
  expect(step.ports.size).toBe(0)
  expect(step.state.routes.get(KEY)).toBe(before.routes.get(KEY))
})

const anEvent: fc.Arbitrary<RegistryEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('put' as const), document: someDocument() }) },
  fc.record({ type: fc.constant('release' as const), key: someKey() }),
  fc.record({ type: fc.constant('lapse' as const), key: someKey(), at: fc.nat(1000) }),
  fc.record({ type: fc.constant('return' as const), key: someKey() }),
)

function someKey() {
  return fc.constantFrom('home/a' as const, 'home/b' as const, 'home/c' as const)
}

function someDocument() {
  const claim = fc.record({
    port: fc.constantFrom(80, 443, 8443),
    owner: fc.constantFrom('home/x/one', 'home/x/two'),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1'),
    proxyProtocol: fc.constantFrom('off' as const, 'v2' as const),
  })
  return fc
    .record({
      phone: fc.constantFrom('a', 'b', 'c'),
      claims: fc.uniqueArray(claim, { maxLength: 3, selector: ({ port }) => port }),
      sequence: fc.nat(3),
    })
    .map(({ phone, claims, sequence }) =>
      aDocument(
        phone,
        claims.map(({ port, owner, address, proxyProtocol }, index) =>
          aClaim({ index, port, owner, backends: [aBackend(address, 30843, { proxyProtocol })] }),
        ),
        { sequence },
      ),
    )
}

describe('whatever happens', () => {
  it('the routes kept up step by step are those worked out from scratch', () => {
    fc.assert(
      fc.property(fc.array(fc.array(anEvent, { maxLength: 4 }), { maxLength: 12 }), (batches) => {
        let state = EMPTY_STATE
        for (const batch of batches) state = reduce(state, batch).state
        const owners = [...state.ports].map(([key, { owner }]) => [key, owner] as const)
        const again = restore([...state.documents.values()], owners)
        expect(new Map([...again.routes].sort())).toEqual(new Map([...state.routes].sort()))
        expect(again.ports.size).toBe(state.ports.size)
      }),
    )
  })

  it('one call with many events is the same as a call for each', () => {
    fc.assert(
      fc.property(fc.array(anEvent, { maxLength: 12 }), (events) => {
        const one = reduce(EMPTY_STATE, events).state
        const each = events.reduce((state, event) => reduce(state, [event]).state, EMPTY_STATE)
        expect(one).toEqual(each)
      }),
    )
  })

  it('every route belongs to an owner that claims it, and the state given is left as it was', () => {
    fc.assert(
      fc.property(
        fc.array(anEvent, { maxLength: 12 }),
        fc.array(anEvent, { maxLength: 3 }),
        (events, more) => {
          const before = reduce(EMPTY_STATE, events).state
          const copy = structuredClone(before)
          const { state } = reduce(before, more)
          expect(before).toEqual(copy)
          for (const [key, route] of state.routes) {
            const owners = state.ports.get(key)?.claimants.map(({ claim }) => claim.owner)
            expect(owners).toContain(route.owner)
          }
        },
      ),
    )
  })
})
