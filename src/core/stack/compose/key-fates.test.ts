import { expect, it } from 'vitest'
import { renderCase } from '../../../testing/stack-case.ts'
import { SERVICE_KEYS } from '../model/key-fates.ts'
import { composeSchema, composeServiceSchema } from './compose-schema.ts'
import {
  COMPOSE_FILE_KEYS,
  COMPOSE_NETWORK_KEYS,
  COMPOSE_SERVICE_KEYS,
  COMPOSE_TOP_KEYS,
} from './key-fates.ts'

/** The keys that are known of a service, without what is below them. */
const plain = (keys: object) => Object.keys(keys).filter((key) => !key.includes('.'))

it('every key of a service has a fate', () => {
  const told = new Set([...plain(SERVICE_KEYS), ...plain(COMPOSE_SERVICE_KEYS), 'deploy'])
  for (const key of Object.keys(composeServiceSchema.keys)) expect(told).toContain(key)
  for (const key of plain(COMPOSE_SERVICE_KEYS)) expect(composeServiceSchema.keys).toHaveProperty(key)
})

it('no key that Swarm ignores keeps the words for Swarm', () => {
  const words = { ...SERVICE_KEYS, ...COMPOSE_SERVICE_KEYS }
  const known = Object.entries(words).filter(([key]) => key in composeServiceSchema.keys)
  for (const [key, { say }] of known) expect([key, say]).not.toEqual([key, expect.stringMatching(/Swarm/)])
})

it('every key of the top level has a fate, or is a section', () => {
  const sections = ['services', 'networks', 'volumes', 'secrets', 'configs']
  expect(Object.keys(composeSchema.keys).toSorted()).toEqual(
    [...Object.keys(COMPOSE_TOP_KEYS), ...sections].toSorted(),
  )
})

it('secrets and configs take their content from where Compose has it', () => {
  expect(Object.keys(COMPOSE_FILE_KEYS)).toEqual(['content', 'environment'])
  expect(Object.keys(COMPOSE_NETWORK_KEYS)).toEqual(['enable_ipv4', 'enable_ipv6'])
})

/** A value for each key that is dropped or refused whatever it says, where `x` is none. */
const SAMPLES: Readonly<Record<string, string>> = {
  annotations: 'annotations: {a: b}',
  attach: 'attach: true',
  blkio_config: 'blkio_config: {weight: 5}',
  cgroup: 'cgroup: private',
  'depends_on.restart': 'depends_on: {b: {condition: service_started, restart: true}}',
  develop: 'develop: {watch: [{path: a, action: rebuild}]}',
  device_cgroup_rules: 'device_cgroup_rules: [x]',
  devices: 'devices: [/dev/x]',
  dns_opt: 'dns_opt: [x]',
  external_links: 'external_links: [x]',
  models: 'models: [m]',
  'networks.gw_priority': 'networks: {n: {gw_priority: 1}}',
  'networks.interface_name': 'networks: {n: {interface_name: x}}',
  'networks.link_local_ips': 'networks: {n: {link_local_ips: [x]}}',
  'networks.mac_address': 'networks: {n: {mac_address: x}}',
  'networks.priority': 'networks: {n: {priority: 1}}',
  oom_kill_disable: 'oom_kill_disable: true',
  'ports.app_protocol': 'ports: [{target: 1, app_protocol: x}]',
  'ports.name': 'ports: [{target: 1, name: x}]',
  post_start: 'post_start: [{command: x}]',
  pre_stop: 'pre_stop: [{command: x}]',
  provider: 'provider: {type: x}',
  pull_policy: 'pull_policy: always',
  storage_opt: 'storage_opt: {size: 1}',
  use_api_socket: 'use_api_socket: true',
}
const NUMBERS = /^(cpu_|mem|pids)/
const away = Object.entries(COMPOSE_SERVICE_KEYS).filter(
  ([, { fate }]) => fate === 'dropped' || fate === 'refused',
)

it.each(away)('%s is told once', (key, { fate, say }) => {
  const sample = SAMPLES[key] ?? `${key}: ${NUMBERS.test(key) ? '5' : 'x'}`
  const text = `# compose\nservices:\n  web:\n    image: a\n    ${sample}\n  b: {image: b}\nnetworks: {n: }\nmodels: {m: {model: x}}\n`
  const { findings } = renderCase(text)
  const told = findings.filter(({ detail, path }) => detail.includes(say) && path[0] === 'services')
  expect(told.map(({ severity }) => severity)).toEqual([fate === 'dropped' ? 'warning' : 'error'])
})

it.each(Object.keys(COMPOSE_NETWORK_KEYS))('%s of a network is told', (key) => {
  const { findings } = renderCase(
    `# compose\nservices: {web: {image: a, networks: [n]}}\nnetworks: {n: {${key}: true}}\n`,
  )
  expect(findings.map(({ path }) => path.join('.'))).toContain(`networks.n.${key}`)
})
