// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Compose's variables
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTexts } from '../../../testing/stack.ts'
import { renderCase } from '../../../testing/stack-case.ts'
import { EnvFileFault, readDotenv } from './dotenv.ts'
import { substitute } from './substitute.ts'

const compose = { profiles: ['p'] }
const name = fc.constantFrom('a', 'b', 'c_d', 'e')
const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom(
    'a=b',
    '${A:-${B}}',
    '80:80',
    './x:/x:ro',
    '1m30s',
    '64m',
    'service:a',
    'host',
    '/dev/x',
    'a:b',
  ),
)
const any = fc.oneof(
  text,
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.array(text, { maxLength: 3 }),
  fc.dictionary(name, fc.oneof(text, fc.integer(), fc.constant(null)), { maxKeys: 3 }),
)
const NAMES = ['a', 'b', 'c_d', 'e'] as const

/** A service that needs only those after it: a circle would be refused. */
function service(index: number) {
  const others = NAMES.slice(index + 1)
  const other = fc.constantFrom(...(others.length > 0 ? others : ['nobody']))
  const condition = fc.constantFrom('service_started', 'service_healthy', 'service_completed_successfully')
  const dependency = fc.record({ condition, required: fc.boolean() })
  return fc.record(
    {
      image: fc.constantFrom('a', 'b:1'),
      ...(others.length > 0 && {
        depends_on: fc.dictionary(other, dependency, { maxKeys: 2, noNullPrototype: true }),
        volumes_from: fc.array(other, { maxLength: 1 }),
        links: fc.array(other, { maxLength: 1 }),
      }),
      restart: fc.constantFrom('no', 'always', 'on-failure:3', 'unless-stopped'),
      ports: fc.uniqueArray(
        fc.constantFrom('80', '127.0.0.1:80:81', `${index}5-${index}7:5-7/udp`, `9${index}-99:1`),
        {
          maxLength: 3,
        },
      ),
      volumes: fc.uniqueArray(fc.constantFrom('./a:/a', 'vol:/v', '/anonymous', '/dev/shm:/dev/shm')),
      container_name: fc.constantFrom('one', 'one.two', 'a', 'snake_case').map((one) => `${one}${index}`),
      shm_size: fc.constantFrom('64m', '1g'),
      healthcheck: fc.constant({ test: 'x' }),
      environment: fc.dictionary(name, fc.constantFrom('x', '$$', 'a:80', null), {
        maxKeys: 2,
        noNullPrototype: true,
      }),
      gpus: fc.constant('all'),
      platform: fc.constant('linux/amd64'),
      group_add: fc.constant([5]),
      pid: fc.constantFrom('host', '', '', '', '', ''),
    },
    { requiredKeys: ['image'] },
  )
}
const stack = fc.record({
  services: fc.record({ a: service(0), b: service(1), c_d: service(2), e: service(3) }),
  volumes: fc.constant({ vol: null }),
})
const files = { 'other.yml': 'services: {a: {image: x, extends: b}, b: {image: y}}' }

function holds(texts: readonly (string | Uint8Array)[]) {
  const { stack: read, problems } = readTexts(texts, { compose, files })
  expect(read === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
  for (const { place, detail } of problems) {
    expect(detail).not.toBe('')
    expect(place?.line).toBeGreaterThanOrEqual(1)
  }
  return read
}

describe('whatever is given is read or refused', () => {
  it('bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => void holds([bytes])))
  })

  it('any value at any key of a service', () => {
    const keys = [
      'ports',
      'volumes',
      'depends_on',
      'env_file',
      'build',
      'networks',
      'deploy',
      'healthcheck',
      'secrets',
    ]
    const more = [
      'extends',
      'gpus',
      'devices',
      'ulimits',
      'logging',
      'profiles',
      'develop',
      'tmpfs',
      'labels',
      'scale',
    ]
    const odd = fc.dictionary(fc.constantFrom(...keys, ...more), any, { maxKeys: 4 })
    fc.assert(
      fc.property(odd, odd, (one, two) => {
        holds([
          JSON.stringify({ services: { a: { image: 'a', ...one } } }),
          JSON.stringify({ services: { a: two } }),
        ])
      }),
      { numRuns: 300 },
    )
  })

  it('any value at any key of the top', () => {
    const top = fc.dictionary(
      fc.constantFrom(
        'name',
        'include',
        'services',
        'networks',
        'volumes',
        'secrets',
        'configs',
        'models',
        'version',
      ),
      fc.oneof(any, fc.dictionary(name, any, { maxKeys: 3 })),
    )
    fc.assert(
      fc.property(top, (value) => void holds([JSON.stringify(value)])),
      { numRuns: 300 },
    )
  })

  it('variables, however they are nested', () => {
    const piece = fc.constantFrom('$', '{', '}', 'A', ':-', '-', ':+', '?', '$$', '${', ' ')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        const { text: replaced, errors } = substitute(pieces.join(''), new Map([['A', 'a']]))
        expect(typeof replaced).toBe('string')
        expect(errors.length).toBeLessThanOrEqual(1)
      }),
      { numRuns: 1000 },
    )
  })

  it('files with variables', () => {
    const piece = fc.constantFrom('A', '=', ':', '"', "'", '\\', '\n', ' ', '#', '$', '{', 'export ', '\r')
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        try {
          for (const [key] of readDotenv(new TextEncoder().encode(pieces.join('')), () => undefined))
            expect(key).not.toMatch(/ /)
        } catch (error) {
          expect(error).toBeInstanceOf(EnvFileFault)
        }
      }),
      { numRuns: 1000 },
    )
  })
})

describe('a stack of Compose', () => {
  it('is rendered, or refused with what to do; no address of the host alone becomes public', () => {
    let whole = 0
    fc.assert(
      fc.property(stack, (value) => {
        const read = holds([JSON.stringify(value)])
        if (!read) return
        const { objects, findings } = renderCase(`# compose\n${JSON.stringify(value)}`)
        const errors = findings.filter(({ severity }) => severity === 'error')
        for (const { remedy } of errors) expect(remedy).not.toBe('')
        expect(objects.length > 0).toBe(errors.length === 0)
        whole += objects.length > 0 ? 1 : 0
        const published = objects.filter(({ spec }) => JSON.stringify(spec ?? {}).includes('LoadBalancer'))
        expect(JSON.stringify(published)).not.toContain('"port":81')
        expect(JSON.stringify(published)).not.toContain('"targetPort":81')
      }),
      { numRuns: 100 },
    )
    expect(whole).toBeGreaterThan(5)
  })
})
