import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { renderCase } from '../../testing/stack-case.ts'
import { masked } from './objects/mask.ts'
import type { KubernetesObject } from './objects/object.ts'
import { objectPath } from './objects/object-path.ts'
import { yamlText } from './objects/yaml-text.ts'

const name = fc.oneof(
  fc.constantFrom('web', 'db', 'my_db', 'web-published', 'Web', '9to5', 'a.b'),
  fc.string({ minLength: 1, maxLength: 70 }),
)
const path = fc.oneof(
  fc.constantFrom(
    '/var/data',
    '/var/data/a',
    '/var/data-x',
    '/proc',
    '/etc/localtime',
    './a',
    '/var/run/docker.sock',
  ),
  fc.string(),
)
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('db:5432', 'tasks.web', '{{.Node.ID}}', '$(X)', 'http://my_db'),
)
const label = fc.constantFrom(
  'traefik.frontend.rule',
  'traefik.port',
  'traefik.http.routers.a.rule',
  'traefik.http.routers.a.middlewares',
  'traefik.http.routers.a.service',
  'traefik.http.services.a.loadbalancer.server.port',
  'traefik.http.middlewares.m.basicauth.users',
  'homeport.dev/host',
  'homeport.dev/port',
  'homeport.dev/auth',
  'other',
)
const value = fc.oneof(
  fc.constantFrom(
    '80',
    'Host(`a.example.com`)',
    'Host:a.example.com;Path:/x',
    'a',
    'm',
    'none',
    'a.example.com/x',
  ),
  fc.string(),
)
const some = <T>(arb: fc.Arbitrary<T>) => fc.array(arb, { maxLength: 3 })
const service = fc.record(
  {
    image: fc.constantFrom('nginx', 'traefik', 'portainer/agent', ''),
    command: some(text),
    hostname: name,
    user: fc.constantFrom('1000', 'root', 'me', '0:0', '99999999999'),
    environment: fc.dictionary(name, fc.option(text), { maxKeys: 3, noNullPrototype: true }),
    expose: some(fc.constantFrom('80', '90-92/udp', 'x', '0')),
    extra_hosts: some(fc.constantFrom('a:1.2.3.4', 'b:::1', 'x', 'c:999.1.1.1')),
    ports: some(
      fc.record({
        mode: fc.constantFrom('ingress', 'host'),
        target: fc.integer({ min: -1, max: 70000 }),
        published: fc.integer({ min: 0, max: 70000 }),
        protocol: fc.constantFrom('tcp', 'udp', 'x'),
      }),
    ),
    volumes: some(
      fc.record({
        type: fc.constantFrom('bind', 'volume', 'tmpfs'),
        source: fc.oneof(path, fc.constantFrom('data', 'a_b')),
        target: fc.oneof(fc.constantFrom('/data', '/x'), path),
      }),
    ),
    networks: fc.dictionary(fc.constantFrom('shared', 'own'), fc.record({ aliases: some(name) }), {
      noNullPrototype: true,
    }),
    labels: fc.dictionary(label, value, { noNullPrototype: true }),
    healthcheck: fc.record({
      test: some(fc.constantFrom('CMD', 'CMD-SHELL', 'NONE', 'x')),
      interval: fc.constantFrom('1s', '0s', '100ms'),
      retries: fc.nat(5),
    }),
    deploy: fc.record(
      {
        mode: fc.constantFrom('global', 'replicated', 'replicated-job'),
        replicas: fc.nat(3),
        restart_policy: fc.record({ condition: fc.constantFrom('none', 'on-failure', 'any') }),
        resources: fc.record({
          limits: fc.record({ cpus: fc.constantFrom('0.5', 'x', '0.0001'), memory: fc.nat() }),
        }),
        placement: fc.record({
          constraints: some(fc.constantFrom('node.role==manager', 'node.labels.a != b', 'x')),
          max_replicas_per_node: fc.nat(2),
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['image'] },
)
const stack = fc.record({
  services: fc.dictionary(name, service, { maxKeys: 4, noNullPrototype: true }),
  networks: fc.constant({ shared: { name: 'shared', external: true }, own: {} }),
  volumes: fc.constant({ data: {}, a_b: {} }),
})

describe('any stack', () => {
  it('is rendered with sound names, none of them twice, the same each time; or refused', () => {
    let whole = 0
    fc.assert(
      fc.property(stack, (any) => {
        const input = stringify(any)
        const { objects, findings } = renderCase(input)
        expect(objects.length > 0).toBe(!findings.some(({ severity }) => severity === 'error'))
        whole += objects.length > 0 ? 1 : 0
        const paths = objects.map(objectPath)
        expect(new Set(paths).size).toBe(paths.length)
        for (const object of objects) expectSound(object)
        expect(yamlText(renderCase(input).objects)).toBe(yamlText(objects))
        expect(parseAllDocuments(yamlText(objects)).flatMap(({ errors }) => errors)).toEqual([])
      }),
      { numRuns: 300 },
    )
    expect(whole).toBeGreaterThan(20)
  })
})

/** What the API server's own rules ask of names, labels and selectors. */
function expectSound({ metadata }: KubernetesObject): void {
  expect(metadata.name).toMatch(/^[a-z]([-a-z0-9]*[a-z0-9])?$/)
  for (const [key, text] of Object.entries(metadata.labels ?? {})) {
    expect(key).toMatch(/^([a-z0-9.-]{1,253}\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
    expect(text).toMatch(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/)
  }
}

it('shows no secret when it is masked', () => {
  const { objects } = renderCase('services:\n  web: {image: web, environment: {DB_PASSWORD: hunter2}}\n')
  const shown = yamlText(objects.map(masked))
  expect(yamlText(objects)).toContain(Buffer.from('hunter2').toString('base64'))
  expect(shown).not.toContain(Buffer.from('hunter2').toString('base64'))
  expect(shown).toContain('DB_PASSWORD')
})
