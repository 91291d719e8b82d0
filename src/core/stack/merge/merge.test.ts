import { describe, expect, it } from 'vitest'
import { problemLine, readTexts } from '../../../testing/stack.ts'

/** The service `web` of several files, each given by the lines of the service. */
function merged(...files: string[]) {
  const reading = readTexts(files.map((lines) => `services:\n  web: {${lines}}\n`))
  const web = reading.stack?.services.get('web')
  const line = (...path: (string | number)[]) => {
    const place = reading.places.of(['services', 'web', ...path])
    return `${place?.file}:${place?.column}`
  }
  return { ...reading, web, line }
}

describe('a service over one of the same name', () => {
  it.each([
    ['a later value', 'image: x', 'image: y', { image: 'y' }],
    ['an empty value overrides nothing', 'image: x', 'image: ""', { image: 'x' }],
    [
      'false overrides nothing',
      'tty: true, init: true',
      'tty: false, init: false',
      { tty: true, init: true },
    ],
    ['lists are appended', 'cap_add: [A]', 'cap_add: [A, B]', { cap_add: ['A', 'A', 'B'] }],
    ['commands are replaced', 'command: a b', 'command: [c]', { command: ['c'] }],
    ['an empty command overrides nothing', 'command: a', 'command: []', { command: ['a'] }],
    ['replicas may become 0', 'deploy: {replicas: 3}', 'deploy: {replicas: 0}', { deploy: { replicas: 0 } }],
    [
      'a delay of 0s overrides nothing',
      'stop_grace_period: 5s',
      'stop_grace_period: 0s',
      { stop_grace_period: 5_000_000_000n },
    ],
    [
      'tests are appended',
      'healthcheck: {test: [CMD, a]}',
      'healthcheck: {test: [CMD]}',
      { healthcheck: { test: ['CMD', 'a', 'CMD'] } },
    ],
    [
      'ports by what they publish',
      'ports: ["2:1", "1:1"]',
      'ports: ["2:5"]',
      {
        ports: [
          { published: 1, target: 1 },
          { published: 2, target: 5 },
        ],
      },
    ],
    [
      'mounts by their target',
      'volumes: [aa:/y, bb:/x]',
      'volumes: [cc:/y]',
      { volumes: [{ source: 'bb' }, { source: 'cc' }] },
    ],
    [
      'secrets by their source',
      'secrets: [b, {source: a, target: t}]',
      'secrets: [a]',
      { secrets: [{ source: 'a' }, { source: 'b' }] },
    ],
    [
      'constraints are appended',
      'deploy: {placement: {constraints: [a]}}',
      'deploy: {placement: {constraints: [b]}}',
      { deploy: { placement: { constraints: ['a', 'b'] } } },
    ],
  ])('%s', (_, base, over, expected) => {
    expect(merged(base, over).web).toMatchObject(expected)
  })

  it('merges variables by their name, and an empty one overrides nothing', () => {
    const { web } = merged('environment: {A: a, B: b, C: }', 'environment: {A: "", C: c, D: d}')
    expect(Object.fromEntries(web?.environment ?? [])).toEqual({ A: 'a', B: 'b', C: 'c', D: 'd' })
  })

  it('merges labels by their name, and an empty one overrides', () => {
    const { web } = merged('labels: {a: x, b: y}', 'labels: {a: ""}')
    expect(Object.fromEntries(web?.labels ?? [])).toEqual({ a: '', b: 'y' })
  })

  it('replaces the options of another logging driver, and keeps those of the same', () => {
    const options = (base: string, over: string) =>
      Object.fromEntries(merged(`logging: ${base}`, `logging: ${over}`).web?.logging?.options ?? [])
    expect(options('{driver: a, options: {x: y}}', '{options: {z: w}}')).toEqual({ x: 'y', z: 'w' })
    expect(options('{driver: a, options: {x: y}}', '{driver: b}')).toEqual({})
  })

  it('has places in the file that each value is from', () => {
    const { line } = merged(
      'image: x, cap_add: [A], environment: {A: a, B: b}, ports: ["2:1", "9:9"]',
      'hostname: h, cap_add: [B], environment: {B: c}, ports: ["5:5"]',
    )
    expect(line('image')).toMatch(/^stack.yml/)
    expect(line('hostname')).toMatch(/^2.yml/)
    expect([line('cap_add', 0), line('cap_add', 1)]).toEqual(['stack.yml:29', '2.yml:32'])
    expect([line('environment', 'A'), line('environment', 'B')]).toEqual(['stack.yml:47', '2.yml:50'])
    expect([0, 1, 2].map((index) => line('ports', index))).toEqual([
      'stack.yml:68',
      '2.yml:65',
      'stack.yml:75',
    ])
  })
})

describe('several files', () => {
  it('replace networks, volumes, secrets and configs whole', () => {
    const { stack, places } = readTexts([
      'services: {}\nnetworks: {n: {driver: overlay, internal: true}, m: {attachable: true}}',
      'services: {}\nnetworks: {n: {driver: bridge}}',
    ])
    expect(stack?.networks.get('n')).toMatchObject({ driver: 'bridge', internal: false })
    expect(stack?.networks.get('m')).toMatchObject({ attachable: true })
    expect(places.of(['networks', 'n', 'internal'])?.file).toBe('2.yml')
  })

  it('are read from the folder of the first, and each as strictly', () => {
    const { stack, problems } = readTexts(['services: {a: {imag: x}}', 'services: {b: {ports: 5}}'])
    expect(stack).toBeUndefined()
    expect(problems.map(problemLine)).toEqual([
      'stack.yml:1:16: error: services.a Additional property imag is not allowed',
      '2.yml:1:23: error: services.b.ports must be a list',
    ])
  })

  it('are of one version', () => {
    const { problems } = readTexts(['services: {}', 'version: "3.8"\nservices: {}'])
    expect(problems.map(problemLine)).toEqual([
      '2.yml:1:10: error: version mismatched between two composefiles : 3.13 and 3.8',
    ])
  })
})
