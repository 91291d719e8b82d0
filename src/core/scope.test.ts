import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Scope } from '../wire/token.ts'
import { parseAddress } from './address/address.ts'
import { parsePortRange, portsWithin } from './port-range.ts'
import { lacksCluster, outsideScope, scopeFaults, type Wish, widerThan } from './scope.ts'

const wish: Wish = {
  cluster: 'home',
  namespace: 'mqtt',
  port: 8443,
  protocol: 'tcp',
  backends: ['192.0.2.7', '2001:db8::7'].flatMap((text) => parseAddress(text) ?? []),
}

describe('outsideScope', () => {
  it('lets everything pass where the scope names nothing', () => {
    expect([...outsideScope({ role: 'phone' }, wish)]).toEqual([])
  })

  it.each<[Partial<Scope>, string[]]>([
    [{ clusters: ['home'] }, []],
    [{ clusters: ['work', 'lab'] }, ['cluster home is not in work, lab']],
    [{ namespaces: ['default'] }, ['namespace mqtt is not in default']],
    [{ ports: ['80', '8000-8443'] }, []],
    [{ ports: ['8443-8443'] }, []],
    [{ ports: ['30000-32767'] }, ['port 8443 is not in 30000-32767']],
    [{ protocols: ['udp'] }, ['protocol tcp is not in udp']],
    [{ backends: ['192.0.2.0/24', '2001:db8::/32'] }, []],
    [{ backends: ['192.0.2.0/24'] }, ['backend 2001:db8::7 is not in 192.0.2.0/24']],
    [
      { ports: ['22'], backends: ['10.0.0.0/8'] },
      [
        'port 8443 is not in 22',
        'backend 192.0.2.7 is not in 10.0.0.0/8',
        'backend 2001:db8::7 is not in 10.0.0.0/8',
      ],
    ],
  ])('%j lacks %j', (scope, lacks) => {
    expect([...outsideScope({ role: 'phone', ...scope }, wish)]).toEqual(lacks)
  })

  it('opens nothing by a rule that means nothing', () => {
    expect([...outsideScope({ role: 'phone', ports: ['9000-8000', '8443x'] }, wish)]).toHaveLength(1)
  })
})

describe('lacksCluster', () => {
  it('tells clusters apart', () => {
    expect(lacksCluster({ role: 'admin' }, 'home')).toBeUndefined()
    expect(lacksCluster({ role: 'phone', clusters: ['home'] }, 'home2')).toBe('cluster home2 is not in home')
  })
})

describe('scopeFaults', () => {
  it('finds every rule that means nothing', () => {
    const scope: Scope = {
      role: 'phone',
      ports: ['0', '80', '9000-8000', '1-65536'],
      backends: ['10.0.0.0/8', '10.0.0.0/33', 'all'],
    }
    expect(scopeFaults(scope).map(({ path }) => path)).toEqual([
      '/ports/0',
      '/ports/2',
      '/ports/3',
      '/backends/1',
      '/backends/2',
    ])
  })
})

describe('portsWithin', () => {
  it('joins ranges that touch', () => {
    expect(
      portsWithin({ low: 10, high: 30 }, [
        { low: 20, high: 40 },
        { low: 5, high: 19 },
      ]),
    ).toBe(true)
    expect(
      portsWithin({ low: 10, high: 30 }, [
        { low: 21, high: 40 },
        { low: 5, high: 19 },
      ]),
    ).toBe(false)
  })

  it('says the same as asking for each port', () => {
    const range = fc
      .tuple(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 0, max: 10 }))
      .map(([low, length]) => ({ low, high: low + length }))
    fc.assert(
      fc.property(range, fc.array(range, { maxLength: 6 }), (inner, others) => {
        const ports = Array.from({ length: inner.high - inner.low + 1 }, (_, index) => inner.low + index)
        const each = ports.every((port) => others.some(({ low, high }) => low <= port && port <= high))
        expect(portsWithin(inner, others)).toBe(each)
      }),
    )
  })
})

describe('parsePortRange', () => {
  it.each(['', '0', '-1', '65536', '1-', '-5', '443 ', '443\n', '8000-7999', '1-2-3', '0x50'])(
    'refuses %j',
    (text) => {
      expect(parsePortRange(text)).toBeUndefined()
    },
  )
})

describe('widerThan', () => {
  const outer: Scope = {
    role: 'admin',
    clusters: ['home', 'lab'],
    ports: ['8000-8999', '9000-9999'],
    backends: ['10.0.0.0/8', '2001:db8::/32'],
  }

  it.each<[Partial<Scope>, string[]]>([
    [{ clusters: ['lab'], ports: ['8500-9500'], backends: ['10.1.0.0/16', '2001:db8::1'] }, []],
    [
      { clusters: ['lab'], ports: ['80', '8443'], backends: ['10.1.0.0/16'] },
      ['ports 80 is more than 8000-8999, 9000-9999'],
    ],
    [
      { clusters: ['lab', 'x'], ports: ['8443'], backends: ['10.0.0.1'] },
      ['clusters x is more than home, lab'],
    ],
    [
      { clusters: ['lab'], ports: ['8443'], backends: ['0.0.0.0/0'] },
      ['backends 0.0.0.0/0 is more than 10.0.0.0/8, 2001:db8::/32'],
    ],
    [
      {},
      [
        'all clusters is more than home, lab',
        'all ports is more than 8000-8999, 9000-9999',
        'all backends is more than 10.0.0.0/8, 2001:db8::/32',
      ],
    ],
  ])('%j beyond the outer scope: %j', (inner, lacks) => {
    expect(widerThan({ role: 'phone', ...inner }, outer)).toEqual(lacks)
  })

  it('counts the role', () => {
    expect(widerThan({ role: 'admin' }, { role: 'phone' })).toEqual(['role admin is more than phone'])
    expect(widerThan({ role: 'admin' }, { role: 'admin' })).toEqual([])
  })
})
