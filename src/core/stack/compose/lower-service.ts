import type { ComposeService } from '../compose-facts.ts'
import { isNull, type Located, type LocatedMap } from '../located.ts'
import { durationText } from '../values/duration.ts'
import { composeDuration } from './compose-duration.ts'
import { lowerEntrypoint } from './lower-entrypoint.ts'
import { lowerBuild, lowerPlatform, lowerSecurity, refuseSharedNamespaces } from './lower-keys.ts'
import { lowerMounts } from './lower-mounts.ts'
import { lowerPorts } from './lower-ports.ts'
import { lowerRun } from './lower-run.ts'
import type { Lowering } from './lowering.ts'
import {
  itemsOf,
  listNode,
  mapNode,
  nullNode,
  scalarNode,
  textAt,
  textNode,
  valueAt,
  withEntry,
  without,
  withValue,
} from './nodes.ts'
import { pairsAsMap } from './pairs.ts'
import { readFacts } from './read-facts.ts'
import { tellServiceKeys, withoutComposeKeys } from './tell-keys.ts'
import { withDeep } from './with-deep.ts'

export interface LoweredService {
  /** As the schema of Swarm has it. */
  readonly service: LocatedMap
  readonly facts: ComposeService
}

/** A service in Swarm's words. */
export function lowerService(written: LocatedMap, name: string, lowering: Lowering): LoweredService {
  const facts = readFacts(written, name, lowering)
  const steps = [
    lowerBuild,
    lowerEntrypoint,
    lowerMounts,
    lowerPorts,
    lowerRun,
    lowerPlatform,
    lowerResources,
    lowerSecurity,
  ]
  const said = steps.reduce((service, step) => step(service, name, lowering), written)
  refuseSharedNamespaces(written, name, lowering)
  tellServiceKeys(written, name, lowering)
  const named = withAliases(said, name, lowering)
  const plain = KNOWN_OTHERWISE.reduce(without, withoutComposeKeys(named))
  return { service: withPlainValues(plain), facts }
}

/** What has been said in other words, or in the facts. */
const KNOWN_OTHERWISE = [
  ...[
    'depends_on',
    'env_file',
    'links',
    'container_name',
    'restart',
    'shm_size',
    'network_mode',
    'pid',
    'ipc',
  ],
  'security_opt',
]

/** `cpus`, `mem_limit` and `mem_reservation` are the old names of what `deploy` has. */
function lowerResources(service: LocatedMap): LocatedMap {
  const old = [
    ['cpus', ['deploy', 'resources', 'limits', 'cpus']],
    ['mem_limit', ['deploy', 'resources', 'limits', 'memory']],
    ['mem_reservation', ['deploy', 'resources', 'reservations', 'memory']],
    ['scale', ['deploy', 'replicas']],
  ] as const
  return old.reduce<LocatedMap>((map, [key, keys]) => {
    const value = valueAt(service, key)
    return value && !isNull(value) && valueAt(map, ...keys) === undefined ? withDeep(map, keys, value) : map
  }, service)
}

/** Further names go to one of its networks: within the stack all services reach each other. */
function withAliases(service: LocatedMap, name: string, lowering: Lowering): LocatedMap {
  const aliases = lowering.aliasesOf(name)
  if (aliases.length === 0) return service
  return withValue(service, 'networks', (networks) => {
    if (networks.kind !== 'map') return networks
    const [first] = networks.entries
    if (!first) return networks
    const [network, { place, value }] = first
    const attachment = value.kind === 'map' ? value : mapNode([], place)
    const there = itemsOf(valueAt(attachment, 'aliases'))
    const more = aliases.map((alias) => textNode(alias.name, alias.place))
    return withEntry(networks, network, {
      place,
      value: withDeep(attachment, ['aliases'], listNode([...there, ...more], place)),
    })
  })
}

/** Values as Swarm's readers expect them: text where Compose takes a number too, and the other way round. */
function withPlainValues(service: LocatedMap): LocatedMap {
  const labels = ['labels', 'sysctls'].reduce((map, key) => withValue(map, key, pairsAsMap), service)
  const deploy = withValue(labels, 'deploy', (node) => (node.kind === 'map' ? plainDeploy(node) : node))
  const devices = withValue(deploy, 'devices', (node) =>
    node.kind === 'list' ? { ...node, items: node.items.map(deviceText) } : node,
  )
  const times = ['stop_grace_period'].reduce((map, key) => withValue(map, key, time), devices)
  const checked = withValue(times, 'healthcheck', (node) =>
    node.kind === 'map'
      ? ['interval', 'timeout', 'start_period', 'start_interval'].reduce(
          (map, key) => withValue(map, key, time),
          node,
        )
      : node,
  )
  return ['secrets', 'configs'].reduce(
    (map, key) =>
      withValue(map, key, (node) =>
        node.kind === 'list'
          ? {
              ...node,
              items: node.items.map((one) => (one.kind === 'map' ? withValue(one, 'mode', mode) : one)),
            }
          : node,
      ),
    checked,
  )
}

function plainDeploy(deploy: LocatedMap): LocatedMap {
  const labelled = withValue(deploy, 'labels', pairsAsMap)
  const timed = ['update_config', 'rollback_config', 'restart_policy'].reduce(
    (map, key) =>
      withValue(map, key, (node) =>
        node.kind === 'map'
          ? ['delay', 'monitor', 'window'].reduce((inner, field) => withValue(inner, field, time), node)
          : node,
      ),
    labelled,
  )
  return withValue(timed, 'resources', (node) =>
    node.kind === 'map'
      ? ['limits', 'reservations'].reduce(
          (map, key) =>
            withValue(map, key, (one) =>
              one.kind === 'map'
                ? without(
                    ['cpus', 'memory'].reduce((inner, field) => withValue(inner, field, text), one),
                    'devices',
                  )
                : one,
            ),
          node,
        )
      : node,
  )
}

function deviceText(device: Located): Located {
  const parts = ['source', 'target', 'permissions'].flatMap((key) => textAt(device, key) ?? [])
  return textNode(parts.join(':'), device.place)
}

function text(node: Located): Located {
  const written = textAt(node)
  return written === undefined ? node : textNode(written, node.place)
}

function time(node: Located): Located {
  const nanoseconds = composeDuration(textAt(node) ?? '')
  return nanoseconds === undefined ? nullNode(node.place) : textNode(durationText(nanoseconds), node.place)
}

function mode(node: Located): Located {
  if (node.kind !== 'scalar' || node.scalar.form !== 'string') return node
  return scalarNode({ form: 'int', value: Number.parseInt(node.scalar.value, 8) || 0 }, node.place)
}
