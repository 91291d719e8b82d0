import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { renderCase } from '../../testing/stack-case.ts'
import { exposures } from '../../testing/stack-exposures.ts'

/** Middlewares that labels make, and what each asks of who comes. `elsewhere` is nobody's here. */
const MIDDLEWARES: Readonly<Record<string, readonly [label: string, value: string, asks: string[]]>> = {
  users: ['basicauth.users', 'me:$apr1$x', ['basic users']],
  sso: ['forwardauth.address', 'http://sso:9091/verify', ['ask http://sso:9091/verify']],
  both: ['chain.middlewares', 'users,near', ['basic users', 'allow 10.0.0.0/8']],
  near: ['ipallowlist.sourcerange', '10.0.0.0/8', ['allow 10.0.0.0/8']],
  https: ['redirectscheme.scheme', 'https', []],
  strip: ['stripprefix.prefixes', '/x', []],
  gzip: ['compress', 'true', []],
}
const used = [...Object.keys(MIDDLEWARES), 'elsewhere@file']

const router = fc.record({
  host: fc.constantFrom('a.example.com', 'b.example.com'),
  path: fc.constantFrom('/', '/x'),
  entry: fc.constantFrom('', 'web', 'websecure', 'http', 'https'),
  middlewares: fc.uniqueArray(
    fc.oneof(
      { weight: 9, arbitrary: fc.constantFrom('users', 'sso', 'both', 'near', 'https') },
      { weight: 1, arbitrary: fc.constantFrom(...used) },
    ),
    { maxLength: 2 },
  ),
  priority: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('5') }),
})
const old = fc.record({
  host: fc.constantFrom('a.example.com', 'c.example.com'),
  guard: fc.constantFrom(
    '',
    'auth.basic.users',
    'auth.forward.address',
    'whiteList.sourceRange',
    'auth.basic.usersFile',
  ),
})
const service = fc.record({
  auth: fc.constantFrom('', '', 'oauth', 'app', 'none'),
  routers: fc.array(router, { maxLength: 2 }),
  old: fc.option(old, { nil: undefined }),
  host: fc.constantFrom('', '', 'd.example.com'),
})
const services = fc.record({ one: service, two: service })

type AnyService = typeof service extends fc.Arbitrary<infer T> ? T : never

function labelsOf(name: string, { auth, routers, old: first, host }: AnyService): Record<string, string> {
  return Object.fromEntries([
    ...(auth ? [['homeport.dev/auth', auth]] : []),
    ...(host ? [['homeport.dev/host', host]] : []),
    ...Object.entries(MIDDLEWARES).map(([own, [label, value]]) => [
      `traefik.http.middlewares.${own}.${label}`,
      value,
    ]),
    ...routers.flatMap((one, index) => {
      const option = (key: string, value: string) =>
        value === '' ? [] : [[`traefik.http.routers.${name}${index}.${key}`, value]]
      const path = one.path === '/' ? '' : ` && PathPrefix(\`${one.path}\`)`
      return [
        ...option('rule', `Host(\`${one.host}\`)${path}`),
        ...option('entrypoints', one.entry),
        ...option('middlewares', one.middlewares.join(',')),
        ...option('priority', one.priority),
      ]
    }),
    ...(first ? [['traefik.frontend.rule', `Host:${first.host}`]] : []),
    ...(first?.guard ? [[`traefik.frontend.${first.guard}`, GUARD_VALUES[first.guard] ?? 'x']] : []),
  ])
}

const GUARD_VALUES: Readonly<Record<string, string>> = {
  'auth.basic.users': 'me:$apr1$y',
  'auth.forward.address': 'http://old/verify',
  'whiteList.sourceRange': '172.16.0.0/12',
}

interface Wanted {
  readonly service: string
  readonly host: string
  readonly path: string
  readonly asks: readonly string[]
}

/** What the labels of a service say that whoever comes by a way of theirs is asked. */
function wanted(name: string, { auth, routers, old: first, host }: AnyService): Wanted[] {
  const oauth = auth === '' || auth === 'oauth' ? ['oauth'] : []
  const asked = (one: string) => MIDDLEWARES[one]?.[2] ?? [`missing ${one.replace(/@.*/, '')}`]
  return [
    ...routers.map((one) => ({
      ...one,
      service: name,
      asks: [...oauth, ...one.middlewares.flatMap(asked)],
    })),
    ...(first
      ? [{ host: first.host, path: '/', service: name, asks: [...oauth, ...oldAsks(first.guard)] }]
      : []),
    ...(host ? [{ host, path: '/', service: name, asks: oauth }] : []),
  ]
}

function oldAsks(guard: string): string[] {
  if (guard === '') return []
  const value = GUARD_VALUES[guard] ?? 'x'
  if (guard.includes('forward')) return [`ask ${value}`]
  return [guard.includes('basic') ? 'basic old' : `allow ${value}`]
}

describe.each(['traefik', 'nginx', 'haproxy', 'none'])('with the ingress controller %s', (ingress) => {
  it('nobody gets in who is not asked what the labels ask, and by default who they are', () => {
    let whole = 0
    let ways = 0
    fc.assert(
      fc.property(services, (all) => {
        const definitions = Object.fromEntries(
          Object.entries(all).map(([name, one]) => [
            name,
            { image: 'a', expose: ['80'], deploy: { labels: labelsOf(name, one) } },
          ]),
        )
        const input = `# options: ${JSON.stringify({ ingress })}\n${stringify({ services: definitions })}`
        const { objects } = renderCase(input)
        if (objects.length === 0) return
        whole += 1
        const said = Object.entries(all).flatMap(([name, one]) => wanted(name, one))
        for (const way of exposures(objects)) {
          ways += 1
          const asked = new Set(way.asks)
          const allowed = said.some(
            ({ service: to, host, path, asks }) =>
              to === way.service &&
              host === way.host &&
              path === way.path &&
              asks.every((ask) => asked.has(ask)),
          )
          expect({ way, allowed }).toEqual({ way, allowed: true })
        }
      }),
      { numRuns: 400 },
    )
    expect(whole).toBeGreaterThan(30)
    if (ingress === 'none') expect(ways).toBe(0)
    else expect(ways).toBeGreaterThan(30)
  })
})
