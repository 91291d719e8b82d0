import type { CanonicalStack } from '../canonical.ts'
import { inOrder } from '../go-order.ts'
import type { LocatedMap } from '../located.ts'
import type { Version } from '../schema/version.ts'
import { extrasOf } from './extras.ts'
import { Fields, type Reading } from './fields.ts'
import type { EnvironmentRules } from './read-environment.ts'
import { readService } from './read-service.ts'
import { readFileObject, readNetwork, readVolume } from './read-top-level.ts'

/** Phase 4: one validated file in canonical form. */
export function readFile(
  tree: LocatedMap,
  version: Version,
  rules: EnvironmentRules,
  reading: Reading,
): CanonicalStack {
  const top = new Fields(tree, [], reading)
  top.value('version')
  return {
    version: version.text,
    services: section(top, 'services', (_, fields) => readService(fields, rules)),
    networks: section(top, 'networks', readNetwork),
    volumes: section(top, 'volumes', readVolume),
    secrets: section(top, 'secrets', (name, fields) => readFileObject('secret', name, fields, rules.folder)),
    configs: section(top, 'configs', (name, fields) => readFileObject('config', name, fields, rules.folder)),
    extras: extrasOf(tree),
  }
}

function section<Value>(
  top: Fields,
  key: string,
  read: (name: string, fields: Fields) => Value,
): ReadonlyMap<string, Value> {
  return inOrder(top.each(key).map(([name, fields]) => [name, read(name, fields)] as const))
}
