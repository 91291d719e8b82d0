import type { Located, LocatedMap } from '../located.ts'
import { isNull } from '../located.ts'
import type { KeyFate } from '../model/key-fate.ts'
import { SERVICE_KEYS } from '../model/key-fates.ts'
import { COMPOSE_NETWORK_KEYS, COMPOSE_SERVICE_KEYS, COMPOSE_TOP_KEYS } from './key-fates.ts'
import type { Lowering } from './lowering.ts'
import { entriesOf, itemsOf, textAt, valueAt, without } from './nodes.ts'

/** Tells of the keys that Compose alone knows, and that are dropped or refused whatever they say. */
export function tellServiceKeys(service: LocatedMap, name: string, lowering: Lowering): void {
  const path = ['services', name]
  for (const [key, fate] of Object.entries(COMPOSE_SERVICE_KEYS))
    if (isComposes(key)) tell(service, path, key, fate, lowering)
  for (const [network, { value }] of entriesOf(valueAt(service, 'networks'))) {
    for (const key of ['gw_priority', 'interface_name', 'link_local_ips', 'mac_address', 'priority'])
      tell(value, [...path, 'networks', network], key, COMPOSE_SERVICE_KEYS[`networks.${key}`], lowering)
  }
  for (const [index, port] of itemsOf(valueAt(service, 'ports')).entries()) {
    for (const key of ['app_protocol', 'name'])
      tell(port, [...path, 'ports', `${index}`], key, COMPOSE_SERVICE_KEYS[`ports.${key}`], lowering)
  }
}

export function withoutComposeKeys(service: LocatedMap): LocatedMap {
  return Object.keys(COMPOSE_SERVICE_KEYS).filter(isComposes).reduce(without, service)
}

/** Those that Swarm's form has too are told of by who reads that. */
function isComposes(key: string): boolean {
  return !(key in SERVICE_KEYS) && !key.includes('.')
}

export function tellTopKeys(tree: LocatedMap, lowering: Lowering): void {
  for (const [network, { value }] of entriesOf(valueAt(tree, 'networks')))
    for (const [key, fate] of Object.entries(COMPOSE_NETWORK_KEYS))
      tell(value, ['networks', network], key, fate, lowering)
  tell(tree, [], 'models', COMPOSE_TOP_KEYS['models'], lowering)
}

/** Tells of a key, where it says anything. */
export function tell(
  node: Located,
  path: readonly string[],
  key: string,
  fate: KeyFate | undefined,
  lowering: Lowering,
): void {
  const entry = node.kind === 'map' ? node.entries.get(key) : undefined
  if (!entry || !fate || isNull(entry.value) || textAt(entry.value) === 'false') return
  const what = [...path.slice(2), key].filter((part) => !/^\d+$/.test(part)).join('.')
  const { say, remedy = '' } = fate
  if (fate.fate === 'dropped')
    lowering.warn([...path, key], entry.place, `${what} is dropped: ${say}`, remedy)
  if (fate.fate === 'refused')
    lowering.refuse([...path, key], entry.place, `${what} is refused: ${say}`, remedy)
}
