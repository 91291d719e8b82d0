import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aRoute, routesOf, to } from '../../testing/routes.ts'
import { shapeOf } from '../plan/shape.ts'
import { type PortKey, portKey, type Route } from '../route.ts'
import { candidate, type Loaded, makeGround, recognise } from './candidate.ts'
import { configText, parseConfig, sectionAtLine } from './config.ts'
import { type Foundation, renderFoundation } from './foundation.ts'

const FOUNDATION: Foundation = {
  statsSocket: '/run/homeport/stats.sock',
  stateFile: '/run/homeport/servers.state',
  maxConnections: 4_000,
  maxConnectionsPerPort: 3_000,
  hardStopAfter: 86_400_000,
  connectTimeout: 2_000,
  idleTimeout: 86_400_000,
}

const digest = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 32)
const ground = makeGround(renderFoundation(FOUNDATION), ['0.0.0.0', '::'], digest)

function render(routes: readonly Route[]): Loaded {
  return candidate(ground, routesOf(...routes), new Map(), undefined)
}

/** The lines of the routes, without what is the same in every file. */
function sections(...routes: Route[]): string[] {
  const { config } = render(routes)
  return configText(config)
    .split('\n')
    .slice(ground.foundation.split('\n').length)
    .map((line) => line.trim())
    .filter((line) => line !== '')
}

const CHECK = 'check inter 750 fastinter 200 downinter 1000 fall 2 rise 2'

describe('a route in the configuration', () => {
  it('listens, and forwards to its backends', () => {
    const backends = [to('192.0.2.7'), to('2001:db8::7', 1883)]
    expect(sections(aRoute(8443, { backends, check: { type: 'tcp' } }))).toEqual([
      'listen tcp-8443 from homeport',
      'bind 0.0.0.0:8443',
      'bind [::]:8443 v6only',
      `server 192.0.2.7:30843 192.0.2.7:30843 ${CHECK}`,
      `server 2001:db8::7:1883 [2001:db8::7]:1883 ${CHECK}`,
    ])
  })

  it.each<[string, Partial<Route>, string[]]>([
    ['unchecked', { check: { type: 'none' } }, ['server 127.0.0.2:30843 127.0.0.2:30843']],
    [
      'checked at another port',
      { check: { type: 'tcp', port: 99 } },
      [`server 127.0.0.2:30843 127.0.0.2:30843 ${CHECK} port 99`],
    ],
    [
      'checked by HTTP',
      { check: { type: 'http', path: "/it's" } },
      ["option httpchk GET '/it'\\''s'", `server 127.0.0.2:30843 127.0.0.2:30843 ${CHECK}`],
    ],
    [
      'behind the PROXY protocol, checked with it',
      { check: { type: 'tcp' }, backends: [to('127.0.0.2', 1, 'v2')] },
      [`server 127.0.0.2:1:v2 127.0.0.2:1 send-proxy-v2 check-send-proxy ${CHECK}`],
    ],
    [
      'behind the PROXY protocol, checked elsewhere without it',
      { check: { type: 'tcp', port: 99 }, backends: [to('127.0.0.2', 1, 'v1')] },
      [`server 127.0.0.2:1:v1 127.0.0.2:1 send-proxy ${CHECK} port 99`],
    ],
    [
      'open to some',
      { allow: ['192.0.2.0/24', '::1/128'] },
      [
        'acl allowed src 192.0.2.0/24 ::1/128',
        'tcp-request connection reject unless allowed',
        'server 127.0.0.2:30843 127.0.0.2:30843',
      ],
    ],
    [
      'true to its clients',
      { affinity: 'client-ip' },
      ['balance source', 'hash-type consistent', 'server 127.0.0.2:30843 127.0.0.2:30843 id 974167666'],
    ],
    [
      'open to nobody',
      { allow: [] },
      ['tcp-request connection reject', 'server 127.0.0.2:30843 127.0.0.2:30843'],
    ],
  ])('is %s', (_, more, lines) => {
    expect(sections(aRoute(8443, more)).slice(3)).toEqual(lines)
  })

  it('keeps long lists within the lines that HAProxy reads', () => {
    const allow = Array.from({ length: 256 }, () => '2001:0db8:1234:5678:9abc:def0:1234:5678/128')
    const lines = sections(aRoute(8443, { allow })).filter((line) => line.startsWith('acl'))
    for (const line of lines) {
      expect(line.length).toBeLessThan(2_000)
      expect(line.split(' ').length).toBeLessThan(64)
    }
    expect(lines.join(' ').match(/2001/g)).toHaveLength(256)
  })

  it.each(['\n', '\r', '\0', ' ', '\t', '"', "'", '#', '\\', '$', ';', '{', 'é'])(
    'is never made of a text that holds %j',
    (character) => {
      const text = `1${character}2`
      expect(() => sections(aRoute(8443, { allow: [text] }))).toThrow('may not stand')
      expect(() => sections(aRoute(8443, { backends: [to(text)] }))).toThrow('may not stand')
    },
  )

  it.each(['\n', '\r', '\0', '\x7f', 'é'])('has no HTTP path that holds %j', (character) => {
    const check = { type: 'http', path: `/${character}` } as const
    expect(() => sections(aRoute(8443, { check }))).toThrow('may not stand')
  })
})

const anyRoute = fc
  .record({
    port: fc.integer({ min: 1, max: 65_535 }),
    addresses: fc.uniqueArray(fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'), { minLength: 1 }),
    proxyProtocol: fc.constantFrom('off', 'v1', 'v2'),
    check: fc.constantFrom<Route['check']>(
      { type: 'none' },
      { type: 'tcp' },
      { type: 'tcp', port: 9 },
      { type: 'http', path: '/server x' },
    ),
    allow: fc.option(fc.array(fc.constantFrom('192.0.2.0/24', '::/0'))),
    affinity: fc.boolean(),
  })
  .map(({ port, addresses, proxyProtocol, check, allow, affinity }) =>
    aRoute(port, {
      backends: addresses.map((address) => to(address, 30_843, proxyProtocol)),
      check,
      ...(allow === null ? {} : { allow }),
      ...(affinity && { affinity: 'client-ip' }),
    }),
  )
const anyRoutes = fc.uniqueArray(anyRoute, { selector: ({ key }) => key, maxLength: 8 })

describe('the configuration', () => {
  it('is the same bytes for the same routes, in whatever order they come', () => {
    const shuffled = anyRoutes.chain((routes) =>
      fc.tuple(fc.constant(routes), fc.shuffledSubarray(routes, { minLength: routes.length })),
    )
    fc.assert(
      fc.property(shuffled, ([routes, other]) => {
        expect(configText(render(other).config)).toBe(configText(render(routes).config))
      }),
    )
  })

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(anyRoutes, (routes) => {
        const { config } = render(routes)
        expect(parseConfig(configText(config), digest)).toEqual(config)
      }),
    )
  })

  it('has a digest of everything but the servers', () => {
    fc.assert(
      fc.property(anyRoutes, anyRoutes, (some, others) => {
        const shapes = (routes: readonly Route[]) =>
          routes.map((route) => `${route.key} ${shapeOf(route)}`).sort()
        const [a, b] = [render(some), render(others)]
        expect(a.config.digest === b.config.digest).toBe(
          shapes(some).join('\n') === shapes(others).join('\n'),
        )
      }),
    )
  })

  it('is taken for another once any line but a server was changed by hand', () => {
    const text = configText(render([aRoute(8443, { allow: ['::/0'] }), aRoute(8444)]).config)
    const lines = text.split('\n')
    for (const [index, line] of lines.entries()) {
      const isServer = line.startsWith('    server ')
      const edited = lines.with(index, `${line} x`).join('\n')
      expect(parseConfig(edited, digest) !== undefined, `edited: ${line}`).toBe(isServer)
    }
    expect(parseConfig(`${text}frontend mine\n`, digest)).toBeUndefined()
    expect(parseConfig('', digest)).toBeUndefined()
  })

  it('tells whose line is whose', () => {
    fc.assert(
      fc.property(anyRoutes, (routes) => {
        const { config } = render(routes)
        let section: PortKey | undefined
        for (const [index, line] of configText(config).split('\n').entries()) {
          const [, port] = /^listen tcp-(\d+)/.exec(line) ?? []
          if (port !== undefined) section = portKey('tcp', Number(port))
          if (line !== '') expect(sectionAtLine(config, index + 1)).toBe(section)
        }
      }),
    )
  })

  it('keeps what runs of a route that is refused', () => {
    const before = render([aRoute(8443), aRoute(8444)])
    const changed = routesOf(aRoute(8443, { allow: [] }), aRoute(8445))
    const refused = new Map([
      [portKey('tcp', 8443), 'why'],
      [portKey('tcp', 8445), 'why'],
    ])
    const after = candidate(ground, changed, refused, before)
    expect([...after.config.sections]).toEqual([
      [portKey('tcp', 8443), before.config.sections.get(portKey('tcp', 8443))],
    ])
    expect(after.shapes).toEqual(new Map([[portKey('tcp', 8443), shapeOf(aRoute(8443))]]))
  })

  it('recognises the routes that are as they are wanted', () => {
    const { config } = render([aRoute(8443), aRoute(8444), aRoute(8445)])
    const moved = aRoute(8443, { backends: [to('127.0.0.9')] })
    const desired = routesOf(moved, aRoute(8444, { allow: [] }))
    const { config: recognised, shapes } = recognise(ground, config, desired)
    expect([...shapes]).toEqual([
      [portKey('tcp', 8443), shapeOf(moved)],
      [portKey('tcp', 8444), undefined],
      [portKey('tcp', 8445), undefined],
    ])
    expect(recognised).toBe(config)
  })
})
