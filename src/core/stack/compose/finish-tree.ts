import { isNull, type Located, type LocatedMap } from '../located.ts'
import type { Problems } from '../problem.ts'
import { commandWords } from './command-words.ts'
import { composeDuration } from './compose-duration.ts'
import { eachIn } from './defaults.ts'
import { entriesOf, itemsOf, listNode, textAt, textNode, valueAt, withEntry, withValue } from './nodes.ts'

/** Splits commands that are one string, and looks at what only their place makes durations. */
export function finishServices(tree: LocatedMap, problems: Problems): LocatedMap {
  return withValue(tree, 'services', (node) =>
    eachIn(node, (service, name) => (service.kind === 'map' ? ofService(service, name, problems) : service)),
  )
}

function ofService(service: LocatedMap, name: string, problems: Problems): LocatedMap {
  for (const keys of DURATIONS) {
    const node = valueAt(service, ...keys)
    const text = textAt(node)
    if (!node || text === undefined || composeDuration(text) !== undefined) continue
    const path = ['services', name, ...keys]
    problems.error(
      node.place,
      path,
      `${path.join('.')}: invalid duration ${JSON.stringify(text)}`,
      'Write it like "1m30s".',
    )
  }
  const split = ['command', 'entrypoint'].reduce(
    (map, key) => withValue(map, key, (node) => words(node, ['services', name, key], problems)),
    service,
  )
  const hooked = ['post_start', 'pre_stop'].reduce(
    (map, key) =>
      withValue(map, key, (list) =>
        eachIn(list, (hook, index) =>
          hook.kind === 'map'
            ? withValue(hook, 'command', (node) =>
                words(node, ['services', name, key, index, 'command'], problems),
              )
            : hook,
        ),
      ),
    split,
  )
  return withValue(hooked, 'healthcheck', (node) =>
    node.kind === 'map' ? withValue(node, 'test', test) : node,
  )
}

const DURATIONS = [
  ['stop_grace_period'],
  ...['interval', 'timeout', 'start_period', 'start_interval'].map((key) => ['healthcheck', key]),
  ...['delay', 'window'].map((key) => ['deploy', 'restart_policy', key]),
  ...['update_config', 'rollback_config'].flatMap((config) =>
    ['delay', 'monitor'].map((key) => ['deploy', config, key]),
  ),
]

function words(node: Located, path: readonly string[], problems: Problems): Located {
  if (node.kind !== 'scalar' || isNull(node)) return node
  const text = textAt(node) ?? ''
  const split = commandWords(text)
  if (!split) {
    problems.error(
      node.place,
      path,
      `${path.join('.')}: invalid command line string`,
      'Close the quotes, or write the command as a list.',
    )
    return node
  }
  if (split.cutAt !== undefined)
    problems.warning(
      node.place,
      path,
      `Compose ends the command before ${JSON.stringify(split.cutAt)}: no shell reads it`,
      `Write [sh, -c, ${JSON.stringify(text)}].`,
    )
  return listNode(
    split.words.map((word) => textNode(word, node.place)),
    node.place,
  )
}

function test(node: Located): Located {
  if (node.kind !== 'scalar' || isNull(node)) return node
  return listNode([textNode('CMD-SHELL', node.place), node], node.place)
}

/** The networks, volumes, secrets, configs and models that no service uses are left out. */
export function withoutUnused(tree: LocatedMap): LocatedMap {
  const services = entriesOf(valueAt(tree, 'services')).map(([, { value }]) => value)
  const sources = (key: string) =>
    services.flatMap((service) =>
      itemsOf(valueAt(service, ...key.split('.'))).map((one) => textAt(one, 'source')),
    )
  const names = (key: string) =>
    services.flatMap((service) => entriesOf(valueAt(service, key)).map(([name]) => name))
  const used: Readonly<Record<string, ReadonlySet<string | undefined>>> = {
    networks: new Set(names('networks')),
    models: new Set(names('models')),
    volumes: new Set(
      services.flatMap((service) =>
        itemsOf(valueAt(service, 'volumes')).flatMap((one) =>
          textAt(one, 'type') === 'volume' ? [textAt(one, 'source')] : [],
        ),
      ),
    ),
    secrets: new Set([...sources('secrets'), ...sources('build.secrets')]),
    configs: new Set(sources('configs')),
  }
  return Object.entries(used).reduce(
    (map, [section, kept]) =>
      withValue(map, section, (node) =>
        node.kind === 'map'
          ? { ...node, entries: new Map([...node.entries].filter(([name]) => kept.has(name))) }
          : node,
      ),
    tree,
  )
}

/** Gives networks, volumes, secrets and configs the names that they have outside: those of the project, where they say none. */
export function withNames(tree: LocatedMap, project: string): LocatedMap {
  const named = ['networks', 'volumes', 'secrets', 'configs'].reduce(
    (map, section) =>
      withValue(map, section, (node) =>
        eachIn(node, (value, key) => {
          const place = value.place
          const one: LocatedMap = value.kind === 'map' ? value : { kind: 'map', entries: new Map(), place }
          if (textAt(one, 'name') !== undefined) return one
          const name = textAt(one, 'external') === 'true' ? key : `${project}_${key}`
          return withEntry(one, 'name', { place, value: textNode(name, place) })
        }),
      ),
    tree,
  )
  const { place } = tree
  return withEntry(named, 'name', { place, value: textNode(project, place) })
}
