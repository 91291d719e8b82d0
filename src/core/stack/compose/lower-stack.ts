import { Fields, type Reading } from '../canonical/fields.ts'
import { readService } from '../canonical/read-service.ts'
import { readFileObject, readNetwork, readVolume } from '../canonical/read-top-level.ts'
import type { CanonicalFileObject, CanonicalService, CanonicalStack } from '../canonical.ts'
import type { ComposeService } from '../compose-facts.ts'
import { inOrder } from '../go-order.ts'
import type { Located, LocatedMap } from '../located.ts'
import { Findings } from '../model/findings.ts'
import { Places } from '../place.ts'
import type { Problems } from '../problem.ts'
import { LATEST } from '../schema/stack-schema.ts'
import { eachIn } from './defaults.ts'
import { lowerService } from './lower-service.ts'
import { Lowering } from './lowering.ts'
import { textAt, valueAt, without, withValue } from './nodes.ts'
import { pairsAsMap } from './pairs.ts'
import { tellTopKeys } from './tell-keys.ts'

export interface Lowered {
  readonly stack: CanonicalStack
  readonly places: Places
}

/**
 * A Compose project in Swarm's form, which the rest of the compiler reads: what Swarm says in other words is said so, and
 * what it does not know is in `compose`, or told.
 */
export function lowerStack(
  tree: LocatedMap,
  inactive: ReadonlyMap<string, unknown>,
  variables: ReadonlyMap<string, string>,
  problems: Problems,
): Lowered {
  const places = new Places(tree.place)
  const findings = new Findings()
  const lowering = new Lowering(tree, inactive, places, findings)
  const facts = new Map<string, ComposeService>()
  const plain = withValue(tree, 'services', (node) =>
    eachIn(node, (service, name) => {
      if (service.kind !== 'map') return service
      const lowered = lowerService(service, name, lowering)
      facts.set(name, lowered.facts)
      return lowered.service
    }),
  )
  tellTopKeys(plain, lowering)
  const reading: Reading = { places, problems }
  const top = new Fields(withLabels(plain), [], reading)
  return {
    places,
    stack: {
      version: `3.${LATEST}`,
      services: section(top, 'services', (name, fields) => ofService(tree, name, fields)),
      networks: section(top, 'networks', readNetwork),
      volumes: section(top, 'volumes', readVolume),
      secrets: section(top, 'secrets', (name, fields) =>
        fileObject('secret', name, fields, variables, lowering),
      ),
      configs: section(top, 'configs', (name, fields) =>
        fileObject('config', name, fields, variables, lowering),
      ),
      extras: new Map(),
      compose: { services: facts, findings: findings.all },
    },
  }
}

function section<Value>(top: Fields, key: string, read: (name: string, fields: Fields) => Value) {
  return inOrder(top.each(key).map(([name, fields]) => [name, read(name, fields)] as const))
}

/** Paths are absolute and variables put in already. */
const NOTHING_TO_READ = {
  folder: '/',
  variables: new Map<string, string>(),
  files: { read: () => ({ refused: 'missing', detail: '', remedy: '' }) as const },
}

function ofService(tree: LocatedMap, name: string, fields: Fields): CanonicalService {
  const files = valueAt(tree, 'services', name, 'env_file')
  const paths = files?.kind === 'list' ? files.items.flatMap((one) => textAt(one, 'path') ?? []) : []
  return { ...readService(fields, NOTHING_TO_READ), env_file: paths }
}

function fileObject(
  what: 'secret' | 'config',
  name: string,
  fields: Fields,
  variables: ReadonlyMap<string, string>,
  lowering: Lowering,
): CanonicalFileObject {
  const plain = new Fields(
    without(without(fields.node, 'content'), 'environment'),
    fields.path,
    fields.reading,
  )
  const read = readFileObject(what, name, plain, '/')
  const variable = fields.text('environment')
  const content = variable === undefined ? fields.text('content') : variables.get(variable)
  if (variable !== undefined && content === undefined) {
    const detail = `the variable ${variable}, which the ${what} ${name} takes its content from, is not set`
    lowering.refuse(
      [...fields.path, 'environment'],
      fields.node.entries.get('environment')?.place ?? fields.node.place,
      detail,
      `Set ${variable} in the environment of this command, or in .env.`,
    )
  }
  if (content === undefined && variable === undefined) return read
  return { ...read, file: undefined, content: content ?? '' }
}

/** Labels in a list as a map, so that each has its place. */
function withLabels(tree: LocatedMap): LocatedMap {
  const labelled = (node: Located) =>
    eachIn(node, (one) => (one.kind === 'map' ? withValue(one, 'labels', pairsAsMap) : one))
  return ['networks', 'volumes', 'secrets', 'configs'].reduce(
    (map, key) => withValue(map, key, labelled),
    tree,
  )
}
