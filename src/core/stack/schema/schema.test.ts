import { describe, expect, it } from 'vitest'
import { problemLine, readTexts, readWeb } from '../../../testing/stack.ts'
import { IGNORED } from './ignored.ts'
import { serviceSchema } from './service-schema.ts'

const faults = (text: string) => readTexts([text]).problems.map(problemLine)

describe('versions', () => {
  it.each([
    ['3.0', 'services: {web: {image: x}}\nsecrets: {}', 'secrets'],
    ['3.3', 'services: {web: {image: x}}\nx-a: 1', 'x-a'],
    ['3.6', 'services: {web: {init: true}}', 'init'],
    ['3.6', 'services: {web: {x-a: 1}}', 'x-a'],
    ['3.7', 'services: {web: {deploy: {placement: {max_replicas_per_node: 1}}}}', 'max_replicas_per_node'],
    ['3.8', 'services: {web: {deploy: {resources: {limits: {pids: 1}}}}}', 'pids'],
    ['3.11', 'services: {web: {healthcheck: {start_interval: 1s}}}', 'start_interval'],
    ['3.12', 'services: {web: {oom_score_adj: 1}}', 'oom_score_adj'],
  ])('%s has no later key: %s', (version, text, key) => {
    const found = faults(`version: "${version}"\n${text}`)
    expect(found).toEqual([expect.stringContaining(`Additional property ${key} is not allowed`)])
    const [, minor = ''] = version.split('.')
    expect(faults(`version: "3.${Number(minor) + 1}"\n${text}`)).toEqual([])
  })

  it.each([
    ['"3"', '3.13'],
    ['""', '3.13'],
    ['"3.8"', '3.8'],
    ['"3.13"', '3.13'],
  ])('%s is %s', (written, version) => {
    expect(readTexts([`version: ${written}\nservices: {}`]).stack?.version).toBe(version)
  })

  it.each([['"2"'], ['"3.14"'], ['"3.08"'], ['"4"'], ['3'], ['3.8'], ['null']])(
    '%s is refused',
    (written) => {
      expect(faults(`version: ${written}\nservices: {}`)).toHaveLength(1)
    },
  )
})

describe('version 3.1', () => {
  it('has no long form of ports and mounts', () => {
    const text = 'services: {web: {ports: [{target: 1}], volumes: [{type: tmpfs, target: /x}]}}'
    expect(faults(`version: "3.1"\n${text}`)).toEqual([
      'stack.yml:2:26: error: services.web.ports.0 must be a string',
      'stack.yml:2:50: error: services.web.volumes.0 must be a string',
    ])
    expect(faults(`version: "3.2"\n${text}`)).toEqual([])
  })
})

describe('refusals', () => {
  it.each([
    ['5', 'services.web must be a mapping'],
    ['{image: 5}', 'services.web.image must be a string'],
    ['{command: {a: b}}', 'services.web.command must be a string'],
    ['{networks: 5}', 'services.web.networks must be a list'],
    ['{networks: {n: 5}}', 'services.web.networks.n must be a mapping or null'],
    ['{environment: {A: true}}', 'services.web.environment.A must be a string, number or null'],
    ['{environment: [5]}', 'services.web.environment.0 must be a string'],
    ['{environment: [A=1, A=1]}', 'services.web.environment array items[0,1] must be unique'],
    ['{deploy: {replicas: 1.5}}', 'services.web.deploy.replicas must be a integer'],
    ['{stop_grace_period: 5x}', "services.web.stop_grace_period Does not match format 'duration'"],
    [
      '{deploy: {update_config: {order: x}}}',
      'order must be one of the following: "start-first", "stop-first"',
    ],
    ['{ulimits: {nofile: {soft: 1}}}', 'services.web.ulimits.nofile hard is required'],
    ['{volumes: [{type: tmpfs, tmpfs: {size: -1}}]}', 'size Must be greater than or equal to 0'],
    ['{mem_limit: 5m}', 'Configuration contains forbidden properties: services.web.mem_limit'],
  ])('%s', (service, message) => {
    const found = readTexts([`services: {web: ${service}}`])
    expect(found.stack).toBeUndefined()
    expect(found.problems.map(problemLine)).toEqual([expect.stringContaining(message)])
  })

  it('say what to write instead', () => {
    const remedy = (text: string) => readTexts([text]).problems[0]?.remedy
    expect(remedy('services: {web: {imgae: x}}')).toBe('Did you mean image?')
    expect(remedy('services: {web: {platform: x}}')).toContain('node.platform.arch')
    expect(remedy('version: "3.2"\nservices: {web: {init: true}}')).toContain('It needs version "3.7"')
    expect(remedy('services: {web: {image: 1.5}}')).toBe('Put it into quotes: "1.5".')
    expect(remedy('services: {web: {tty: yes}}')).toBe('Write it without quotes.')
  })
})

describe('what Swarm ignores', () => {
  it.each(Object.keys(IGNORED))('%s is known to the schema, and warned of at its line', (key) => {
    expect(Object.keys(serviceSchema.keys)).toContain(key)
    const lists = ['depends_on', 'devices', 'expose', 'external_links', 'links', 'security_opt']
    const value = lists.includes(key) ? '[a]' : key === 'privileged' ? 'true' : 'a'
    expect(readWeb(`image: x\n${key}: ${value}`).problems).toEqual([
      `stack.yml:4:5: warning: services.web.${key} is ignored by Swarm`,
    ])
  })
})
