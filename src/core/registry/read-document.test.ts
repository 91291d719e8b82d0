import fc from 'fast-check'
import ipaddr from 'ipaddr.js'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { MAX_ADDRESSES } from '../../wire/document.ts'
import { allAtOnce } from '../steps.ts'
import type { ClaimRules } from './claim-rules.ts'
import { digestInput, readDocumentInSteps, type Sender } from './read-document.ts'

const sender: Sender = {
  cluster: 'home',
  phone: 'mosquitto-0',
  identity: 'token',
  scope: { role: 'phone' },
  caller: '203.0.113.7',
}

const rules: ClaimRules = {
  reservedPorts: new Set(['tcp/9443']),
  ownAddresses: new Set(['198.51.100.1', '127.0.0.1']),
  allowLoopback: false,
  protocols: new Set(['tcp']),
}

const claim = { owner: 'mqtt/mosquitto', port: 8443, backends: [{ port: 30843 }] }

function readDocument(raw: unknown, by: Sender, judgedBy: ClaimRules) {
  return allAtOnce(readDocumentInSteps(raw, by, judgedBy))
}

function read(raw: unknown, more: Partial<Sender> = {}, others: Partial<ClaimRules> = {}) {
  const reading = readDocument(raw, { ...sender, ...more }, { ...rules, ...others })
  if (!('document' in reading)) throw new Error(JSON.stringify(reading.faults))
  return reading.document
}

function digestText(raw: unknown): string {
  return [...digestInput(read(raw))].join('')
}

/** The refusal of a document's only claim. */
function refusal(rawClaim: unknown, more: Partial<Sender> = {}, others: Partial<ClaimRules> = {}) {
  return read({ claims: [rawClaim] }, more, others).refused[0]?.refusal
}

describe('a good document', () => {
  it('gets its defaults and the caller as the address that was left out', () => {
    expect(read({ claims: [claim] })).toEqual({
      cluster: 'home',
      phone: 'mosquitto-0',
      identity: 'token',
      caller: '203.0.113.7',
      fence: 0,
      sequence: 0,
      ttl: 60_000,
      usesCaller: true,
      claims: [
        {
          index: 0,
          owner: 'home/mqtt/mosquitto',
          port: 8443,
          protocol: 'tcp',
          backends: [{ address: '203.0.113.7', port: 30843, proxyProtocol: 'off' }],
          check: { type: 'tcp' },
        },
      ],
      refused: [],
    })
  })

  it('means the same in whatever form its addresses and ranges are written', () => {
    const one = {
      ...claim,
      backends: [{ address: '::ffff:10.0.0.1', port: 1 }],
      allow: ['10.1.2.3/8', '192.0.2.0/24'],
    }
    const other = {
      ...claim,
      backends: [
        { address: '10.0.0.1', port: 1 },
        { address: '10.0.0.1', port: 1 },
      ],
      allow: ['192.0.2.9/24', '10.0.0.0/8', '10.0.0.0/8'],
    }
    expect(digestText({ claims: [one] })).toBe(digestText({ claims: [other] }))
  })

  it('has a digest of what it says: the text of a list, in pieces', () => {
    const raw = {
      ...{ fence: 7, sequence: 9, ttl: 5 },
      claims: [claim, { ...claim, port: 1, allow: [] }, 5, { ...claim, port: 0 }],
    }
    const { claims, refused } = read(raw)
    const said = [7, 9, 5000, claims, refused]
    expect(JSON.parse(digestText(raw))).toEqual(said)
    expect(digestText(raw)).toBe(JSON.stringify(said))
    expect(digestText({ claims: [] })).toBe('[0,0,60000,[],[]]')
  })

  it('may claim nothing', () => {
    expect(read({ claims: [] })).toMatchObject({ claims: [], refused: [] })
  })

  it('keeps an empty list of clients apart from none', () => {
    expect(read({ claims: [{ ...claim, allow: [] }] }).claims[0]?.allow).toEqual([])
    expect(read({ claims: [claim] }).claims[0]).not.toHaveProperty('allow')
    expect(read({ claims: [{ ...claim, affinity: 'client-ip' }] }).claims[0]?.affinity).toBe('client-ip')
    expect(read({ claims: [{ ...claim, affinity: 'none' }] }).claims[0]).not.toHaveProperty('affinity')
  })
})

describe('a bad envelope', () => {
  it.each([
    ['no object', 5],
    ['no claims', {}],
    ['a ttl of 4 s', { ttl: 4, claims: [] }],
    ['a ttl over a day', { ttl: 86_401, claims: [] }],
    ['a negative fence', { fence: -1, claims: [] }],
    ['an unknown field', { claims: [], extra: 1 }],
  ])('%s is refused', (_, raw) => {
    expect(readDocument(raw, sender, rules)).toHaveProperty('faults')
  })

  it('has all its faults told at once', () => {
    const reading = readDocument({ ttl: 'x', fence: -1, claims: [], extra: 1 }, sender, rules)
    expect(reading).toMatchObject({ faults: [{}, {}, {}] })
  })
})

describe('a bad claim', () => {
  const nasty = [
    'a\nbind :22',
    'a\0b',
    '"x"',
    "'x'",
    '../../etc/passwd',
    '$(id)',
    'x'.repeat(300),
    'ünï/côdé',
    '443 ',
  ]

  it.each(nasty)('%j in any field is refused without being repeated raw', (text) => {
    const claims = [
      { ...claim, owner: text },
      { ...claim, owner: `mqtt/${text}` },
      { ...claim, port: text },
      { ...claim, protocol: text },
      { ...claim, backends: [{ address: text, port: 1 }] },
      { ...claim, backends: [{ port: text }] },
      { ...claim, proxyProtocol: text },
      { ...claim, check: { type: 'http', path: text } },
      { ...claim, allow: [text] },
      { ...claim, [text]: 1 },
    ]
    const { refused } = read({ claims })
    expect(refused.map((one) => one.refusal.code)).toEqual(claims.map(() => 'claim-invalid'))
    for (const { refusal: one } of refused) expect(one.detail).toMatch(/^[\x20-\x7e]*$/)
  })

  it.each([0, -1, 65536, 1.5, '443', null, Number.NaN])('port %j is refused', (port) => {
    expect(refusal({ ...claim, port })?.code).toBe('claim-invalid')
    expect(refusal({ ...claim, backends: [{ port }] })?.code).toBe('claim-invalid')
  })

  it.each([
    '0.0.0.0',
    '::',
    '127.0.0.1',
    '::1',
    '169.254.169.254',
    '224.0.0.1',
    'ff02::1',
    '255.255.255.255',
    '198.51.100.1',
    '::ffff:127.0.0.1',
  ])('the backend %s is forbidden', (address) => {
    expect(refusal({ ...claim, backends: [{ address, port: 1 }] })?.code).toBe('backend-forbidden')
  })

  it('may name loopback where that is allowed, but never the edge itself', () => {
    const at = (address: string) =>
      refusal({ ...claim, backends: [{ address, port: 1 }] }, {}, { allowLoopback: true })
    expect(at('127.0.0.2')).toBeUndefined()
    expect(at('127.0.0.1')?.code).toBe('backend-forbidden')
  })

  it('is refused as well when the caller it leaves the address to is forbidden', () => {
    expect(refusal(claim, { caller: '127.0.0.1' })?.code).toBe('backend-forbidden')
  })

  it('is refused where it leaves the address to a caller that nobody knows, and only then', () => {
    const unknown = { caller: undefined }
    const named = { ...claim, backends: [{ address: '10.0.0.1', port: 1 }] }
    expect(refusal(claim, unknown)).toMatchObject({ code: 'caller-unknown' })
    expect(refusal({ ...claim, allow: ['x'] }, unknown)).toMatchObject({ code: 'claim-invalid' })
    expect(refusal(named, unknown)).toBeUndefined()
    expect(read({ claims: [claim] }, unknown)).toMatchObject({ claims: [], usesCaller: true })
    expect(read({ claims: [named] }, unknown)).not.toHaveProperty('caller')
  })

  it('is refused for a port of the edge, a protocol it does not carry, and a port claimed before', () => {
    expect(refusal({ ...claim, port: 9443 })?.code).toBe('port-reserved')
    expect(refusal({ ...claim, protocol: 'udp' })?.code).toBe('protocol-unsupported')
    expect(read({ claims: [claim, { ...claim, owner: 'a/b' }] }).refused[0]).toMatchObject({
      index: 1,
      refusal: { code: 'claim-duplicate' },
    })
  })

  it('harms none of its neighbours', () => {
    const { claims, refused } = read({ claims: [claim, 7, { ...claim, port: 8444 }] })
    expect(claims.map(({ index }) => index)).toEqual([0, 2])
    expect(refused.map(({ index }) => index)).toEqual([1])
  })

  it('has all its faults told at once', () => {
    expect(refusal({ owner: 'x', port: 0, backends: [{ port: 0 }], zone: 1 })?.detail).toMatch(
      /zone.*owner.*port.*backends|owner.*port/,
    )
  })
})

describe('a document of bad claims', () => {
  const bad = [
    ['claim-invalid', 0],
    ['claim-invalid', { ...claim, backends: Array.from({ length: 12 }, () => ({ address: 'x', port: 1 })) }],
    ['claim-invalid', { ...claim, allow: Array.from({ length: 12 }, () => 'x') }],
    ['backend-forbidden', { ...claim, backends: [{ address: '127.0.0.1', port: 1 }] }],
    ['port-reserved', { ...claim, port: 9443 }],
  ] as const

  it('has the code of each, and words for the first of them only', () => {
    const { claims, refused } = read({
      claims: [...Array.from({ length: 4_000 }, () => bad.map(([, raw]) => raw)).flat()],
    })
    expect(claims).toEqual([])
    for (const [index, { refusal }] of refused.entries()) expect(refusal.code).toBe(bad[index % 5]?.[0])
    expect(refused[1]?.refusal.detail).toMatch(/^backends\/0\/address.*backends\/1\/address/)
    expect(refused.at(-1)).toMatchObject({
      port: 9443,
      refusal: { detail: expect.stringMatching(/too many/) },
    })
    const words = refused.reduce((sum, { refusal }) => sum + refusal.detail.length, 0)
    expect(words).toBeLessThan(1_000_000)
  })

  it('harms no good one behind it', () => {
    const { claims } = read({ claims: [...Array.from({ length: 10_000 }, () => 0), claim] })
    expect(claims).toHaveLength(1)
  })

  it('has no more than a thousand characters for one claim', () => {
    const scope = {
      role: 'phone' as const,
      ports: Array.from({ length: 1_000 }, (_, index) => `${index + 1}`),
    }
    expect(refusal(claim, { scope })?.detail.length).toBeLessThan(1_100)
  })

  it('is refused whole where there are too many, and a claim with too many items is told so', () => {
    const many = { claims: Array.from({ length: 20_001 }, () => 0) }
    expect(readDocument(many, sender, rules)).toEqual({
      faults: [{ path: '/claims', message: 'must not have more than 20000 items' }],
    })
    const backends = Array.from({ length: 257 }, () => ({ port: 1 }))
    expect(refusal({ ...claim, backends })?.detail).toBe('backends: must not have more than 256 items')
  })
})

describe('many addresses', () => {
  const wide = (address: (at: number) => string) => ({
    ...claim,
    backends: Array.from({ length: 256 }, (_, at) => ({ address: address(at), port: 1 })),
  })

  it('are read once each, however many ranges and rules they are held against', () => {
    const parse = vi.spyOn(ipaddr.IPv6, 'parse')
    onTestFinished(() => parse.mockRestore())
    const ranges = Array.from({ length: 10 }, (_, at) => `2001:db8:${at}::/48`)
    const scope = { role: 'phone' as const, backends: ranges }
    expect(
      refusal(
        wide((at) => `2001:db8:a::${at + 1}`),
        { scope },
      )?.code,
    ).toBe('outside-scope')
    expect(parse.mock.calls.length).toBeLessThanOrEqual(256 + ranges.length)
    parse.mockClear()
    expect(
      refusal(
        wide((at) => `2001:db8:9::${at + 1}`),
        { scope },
      ),
    ).toBeUndefined()
    expect(parse).toHaveBeenCalledTimes(256)
  })

  it('are judged until there are words enough, and then until the first that is wrong', () => {
    let looks = 0
    const ownAddresses = new Set<string>()
    ownAddresses.has = () => {
      looks += 1
      return true
    }
    const document = read(
      { claims: Array.from({ length: 400 }, () => wide((at) => `10.0.0.${at % 250}`)) },
      {},
      { ownAddresses },
    )
    expect(document.refused).toHaveLength(400)
    const told = document.refused.filter(({ refusal }) => !/too many/.test(refusal.detail)).length
    expect(told).toBeGreaterThan(0)
    expect(looks).toBe(told * 21 + (400 - told))
  })

  it('are read in steps, also those of one claim', () => {
    const stepsOf = (raw: unknown) => [...readDocumentInSteps({ claims: [raw] }, sender, rules)].length
    const ranges = Array.from({ length: 256 }, (_, at) => `10.0.${at}.0/24`)
    expect(stepsOf(claim)).toBe(1)
    expect(stepsOf(wide((at) => `10.0.0.${at}`))).toBe(5)
    expect(stepsOf({ ...claim, allow: ranges })).toBe(5)
  })

  it('are refused whole where they are too many, in good claims and bad ones', () => {
    const whole = Math.floor(MAX_ADDRESSES / 512)
    const full = { ...wide(() => 'x'), allow: Array.from({ length: 256 }, () => 'x') }
    const claims: unknown[] = Array.from({ length: whole }, () => full)
    const rest = MAX_ADDRESSES - whole * 512
    claims.push({ ...claim, port: 0, allow: Array.from({ length: rest - 1 }, () => 'x') })
    expect(read({ claims }).refused).toHaveLength(whole + 1)
    expect(readDocument({ claims: [...claims, claim] }, sender, rules)).toEqual({
      faults: [
        { path: '/claims', message: 'must not have more than 120000 backends and allowed ranges in all' },
      ],
    })
  })
})

describe('a scope', () => {
  const scope = {
    role: 'phone' as const,
    clusters: ['home'],
    namespaces: ['mqtt'],
    ports: ['8443', '30000-32767'],
    protocols: ['tcp' as const],
    backends: ['203.0.113.0/24'],
  }

  it('opens what it names', () => {
    expect(refusal(claim, { scope })).toBeUndefined()
    expect(refusal({ ...claim, port: 32767 }, { scope })).toBeUndefined()
  })

  it.each([
    ['namespace web is not in mqtt', { ...claim, owner: 'web/nginx' }],
    ['port 443 is not in 8443, 30000-32767', { ...claim, port: 443 }],
    ['backend 10.0.0.1 is not in 203.0.113.0/24', { ...claim, backends: [{ address: '10.0.0.1', port: 1 }] }],
  ])('names what it lacks: %s', (words, rawClaim) => {
    expect(refusal(rawClaim, { scope })).toMatchObject({
      code: 'outside-scope',
      detail: expect.stringContaining(words),
    })
  })

  it('names everything that it lacks', () => {
    const detail = refusal({ ...claim, owner: 'web/nginx', port: 1 }, { scope })?.detail
    expect(detail).toMatch(/web is not.*port 1 is not/)
  })
})

it('reads any JSON value without failing', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      readDocument(value, sender, rules)
      readDocument({ claims: [value] }, sender, rules)
    }),
  )
})
