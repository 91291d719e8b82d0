import { describe, expect, it } from 'vitest'
import { canonicalStack } from '../../../testing/canonical-stack.ts'
import { renderCase } from '../../../testing/stack-case.ts'
import { FILE_KEYS, type KeyFate, NETWORK_KEYS, SERVICE_KEYS, VOLUME_KEYS } from './key-fates.ts'

/** Keys of a canonical service that hold others, or that are nobody's. */
const GROUPS = new Set(['deploy', 'extras'])
const stack = canonicalStack(
  'services: {web: {image: a, build: {}, credential_spec: {}}}\nnetworks: {a: {ipam: {}}}\nvolumes: {a: {}}\nsecrets: {a: {}}\n',
)

describe.each([
  ['service', stack.services.get('web'), SERVICE_KEYS],
  ['network', stack.networks.get('a'), NETWORK_KEYS],
  ['volume', stack.volumes.get('a'), VOLUME_KEYS],
  ['secret', stack.secrets.get('a'), FILE_KEYS],
])('of a %s', (_, canonical, fates: Readonly<Record<string, KeyFate>>) => {
  it('every key of the canonical form has a fate', () => {
    const keys = Object.keys(canonical ?? {}).filter((key) => !GROUPS.has(key))
    const told = Object.keys(fates).filter((key) => !key.includes('.'))
    expect(told.toSorted()).toEqual(keys.toSorted())
  })
})

/** A value for each key of a service that is dropped or refused whatever it says. */
const SAMPLES: Readonly<Record<string, string>> = {
  'networks.driver_opts': 'networks: {a: {driver_opts: {x: y}}}',
  'networks.ipv4_address': 'networks: {a: {ipv4_address: 10.0.0.1}}',
  'networks.ipv6_address': 'networks: {a: {ipv6_address: "fd00::1"}}',
  'deploy.resources.limits.pids': 'deploy: {resources: {limits: {pids: 5}}}',
  'deploy.resources.reservations.generic_resources':
    'deploy: {resources: {reservations: {generic_resources: [{}]}}}',
  'deploy.restart_policy.delay': 'deploy: {restart_policy: {delay: 5s}}',
  'deploy.restart_policy.window': 'deploy: {restart_policy: {window: 5s}}',
  'deploy.rollback_config': 'deploy: {rollback_config: {order: stop-first}}',
  'deploy.update_config.failure_action': 'deploy: {update_config: {failure_action: pause}}',
  'deploy.update_config.max_failure_ratio': 'deploy: {update_config: {max_failure_ratio: 0.5}}',
  'deploy.update_config.monitor': 'deploy: {update_config: {monitor: 5s}}',
  build: 'build: {context: .}',
  credential_spec: 'credential_spec: {file: x}',
  logging: 'logging: {driver: x}',
  oom_score_adj: 'oom_score_adj: 5',
  privileged: 'privileged: true',
  ulimits: 'ulimits: {nofile: 5}',
}
const LISTS = new Set(['depends_on', 'devices', 'dns', 'external_links', 'links', 'security_opt'])
const away = Object.entries(SERVICE_KEYS).filter(([, { fate }]) => fate === 'dropped' || fate === 'refused')

it.each(away)('%s is told', (key, { fate, say }) => {
  const sample = SAMPLES[key] ?? `${key}: ${LISTS.has(key) ? '[x]' : 'x'}`
  const { findings } = renderCase(`services:\n  web:\n    image: a\n    ${sample}\nnetworks: {a: {}}\n`)
  const severity = fate === 'dropped' ? 'warning' : 'error'
  expect(findings).toContainEqual(expect.objectContaining({ severity, detail: expect.stringContaining(say) }))
})
