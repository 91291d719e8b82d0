import { inOrder } from '../go-order.ts'
import { isNull, type Located, type LocatedMap, type LocatedScalar } from '../located.ts'
import { Fields, type Printable, yamlText } from '../print/yaml-text.ts'
import { durationText } from '../values/duration.ts'
import { scalarText } from '../values/scalar-text.ts'
import { readSize } from '../values/size.ts'
import { composeDuration } from './compose-duration.ts'
import { fieldsAt } from './field-order.ts'
import { itemsOf, textAt } from './nodes.ts'
import { matches } from './paths.ts'

type Keys = readonly string[]

/** A tree in the long forms as `docker compose config` prints it. */
export function printCompose(tree: LocatedMap): string {
  return yamlText(printed(tree, []) ?? new Fields([])).replaceAll('$', '$$$$')
}

function printed(node: Located, path: Keys): Printable {
  const special = FORMS.find(([, patterns]) => isIn(patterns, path))
  if (special) return special[0](node)
  if (node.kind === 'scalar') return scalar(node, path)
  if (node.kind === 'list') {
    const items = node.items.map((item) => printed(item, [...path, '[]']))
    return items.length > 0 || isIn(EMPTY_LISTS, path) ? items : undefined
  }
  return map(node, path)
}

function map(node: LocatedMap, path: Keys): Printable {
  const value = (key: string) => {
    const entry = node.entries.get(key)
    return entry && printed(entry.value, [...path, key])
  }
  const order = fieldsAt(path)
  if (order) {
    const fields = order.map((key) => [key, isZero(key, node, path) ? undefined : value(key)] as const)
    const extras = [...node.entries.keys()].filter((key) => key.startsWith('x-'))
    const more = inOrder(extras.map((key) => [key, plain(node, key)] as const))
    const all = new Fields([...fields, ...more])
    return all.entries.length === 0 && !isIn(KEPT_EMPTY, path) ? undefined : all
  }
  const entries = [...node.entries.keys()].map(
    (key) => [key, value(key) ?? nothingAt([...path, key])] as const,
  )
  return entries.length > 0 || (path[0] === 'services' && path.length === 1) ? inOrder(entries) : undefined
}

/** Lists that say something though nothing is in them: nothing of the image's own. */
const EMPTY_LISTS = ['command', 'entrypoint', 'post_start.[].command', 'pre_stop.[].command'].map(
  (path) => `services.*.${path}`,
)

function isIn(patterns: readonly string[], path: Keys): boolean {
  return patterns.some((pattern) => matches(path, pattern))
}

/** Structures that are printed though nothing is in them. */
const KEPT_EMPTY = [
  ...['volumes.[].bind', 'volumes.[].volume', 'volumes.[].tmpfs', 'healthcheck', 'logging', 'deploy'].map(
    (path) => `services.*.${path}`,
  ),
  ...[
    'deploy.update_config',
    'deploy.restart_policy',
    'deploy.resources.limits',
    'deploy.resources.reservations',
  ].map((path) => `services.*.${path}`),
]

/** Of a key that is in the map and has nothing to print: a network that nothing is said about is `null`. */
function nothingAt(path: Keys): Printable {
  return matches(path, 'services.*') || matches(path, 'networks.*') || matches(path, 'volumes.*')
    ? new Fields([])
    : null
}

/** Fields whose zero is no value at all. */
const KEPT_ZERO =
  /^(init|attach|replicas|scale|retries|enable_ipv[46]|parallelism|max_attempts|required|tmpfs|dns_search)$/

function isZero(key: string, node: LocatedMap, path: Keys): boolean {
  const value = node.entries.get(key)?.value
  if (value?.kind !== 'scalar' || KEPT_ZERO.test(key)) return false
  const { value: plainValue } = value.scalar
  return (
    plainValue === '' || plainValue === 0 || plainValue === false || (plainValue === null && path.length > 0)
  )
}

/** What begins with `x-`, as it was written. */
function plain(node: LocatedMap, key: string): Printable {
  const entry = node.entries.get(key)
  return entry ? plainValue(entry.value) : null
}

function plainValue(node: Located): Printable {
  if (node.kind === 'list') return node.items.map(plainValue)
  if (node.kind === 'scalar') return node.scalar.value
  return inOrder([...node.entries].map(([key, { value }]) => [key, plainValue(value)] as const))
}

function scalar(node: LocatedScalar, path: Keys): Printable {
  if (isNull(node)) return undefined
  if (isIn(TEXTS, path)) return scalarText(node.scalar)
  const { value } = node.scalar
  return value
}

/** Places of text, whatever was written. */
const TEXTS = [
  ...[
    'expose.[]',
    'group_add.[]',
    'annotations.*',
    'sysctls.*',
    'logging.options.*',
    'ports.[].published',
  ].map((path) => `services.*.${path}`),
  ...['environment.*', 'labels.*', 'deploy.labels.*', 'build.args.*', 'build.labels.*', 'storage_opt.*'].map(
    (path) => `services.*.${path}`,
  ),
  ...['networks.*.labels.*', 'networks.*.driver_opts.*', 'volumes.*.labels.*', 'volumes.*.driver_opts.*'],
  'services.*.networks.*.driver_opts.*',
]

const FORMS: readonly (readonly [form: (node: Located) => Printable, patterns: readonly string[]])[] = [
  [
    sizeText,
    [
      ...['mem_limit', 'mem_reservation', 'memswap_limit', 'mem_swappiness', 'shm_size', 'build.shm_size'],
      ...['deploy.resources.limits.memory', 'deploy.resources.reservations.memory', 'volumes.[].tmpfs.size'],
    ].map((path) => `services.*.${path}`),
  ],
  [
    timeText,
    [
      ...['stop_grace_period', 'healthcheck.interval', 'healthcheck.timeout', 'healthcheck.start_period'],
      ...['healthcheck.start_interval', 'deploy.restart_policy.delay', 'deploy.restart_policy.window'],
      ...['deploy.update_config.delay', 'deploy.update_config.monitor'],
      ...['deploy.rollback_config.delay', 'deploy.rollback_config.monitor'],
    ].map((path) => `services.*.${path}`),
  ],
  [modeText, ['services.*.configs.[].mode', 'services.*.secrets.[].mode']],
  [
    cpuNumber,
    [
      'services.*.cpus',
      'services.*.deploy.resources.limits.cpus',
      'services.*.deploy.resources.reservations.cpus',
    ],
  ],
  [deviceCount, ['services.*.gpus.[].count', 'services.*.deploy.resources.reservations.devices.[].count']],
  [hosts, ['services.*.extra_hosts', 'services.*.build.extra_hosts']],
  [
    pairs,
    [
      ...[
        'labels',
        'deploy.labels',
        'annotations',
        'sysctls',
        'build.args',
        'build.labels',
        'build.additional_contexts',
      ].map((path) => `services.*.${path}`),
      ...['networks.*.labels', 'volumes.*.labels', 'secrets.*.labels', 'configs.*.labels'],
    ],
  ],
  [listOfValues, ['services.*.provider.options.*']],
  [texts, ['services.*.tmpfs', 'services.*.dns', 'services.*.dns_search']],
]

function sizeText(node: Located): Printable {
  const bytes = readSize(textAt(node) ?? '')
  return bytes === undefined || bytes === 0 ? undefined : String(bytes)
}

function timeText(node: Located): Printable {
  const nanoseconds = composeDuration(textAt(node) ?? '')
  return nanoseconds === undefined ? undefined : durationText(nanoseconds)
}

/** Text is octal, a number is what it is. */
function modeText(node: Located): Printable {
  if (node.kind !== 'scalar' || isNull(node)) return undefined
  const { form, value } = node.scalar
  const mode = form === 'string' ? Number.parseInt(value, 8) : Number(value)
  return `0${mode.toString(8)}`
}

function cpuNumber(node: Located): Printable {
  const number = Number(textAt(node))
  return number === 0 || Number.isNaN(number) ? undefined : number
}

/** All of them are -1. */
function deviceCount(node: Located): Printable {
  const text = textAt(node)
  return text === 'all' ? -1 : Number(text)
}

function hosts(node: Located): Printable {
  const list =
    node.kind === 'map'
      ? [...node.entries].flatMap(([host, { value }]) =>
          (value.kind === 'list' ? value.items : [value]).map((one) => `${host}=${textAt(one) ?? ''}`),
        )
      : itemsOf(node).map((item) => (textAt(item) ?? '').replace(/^([^=:]*)[=:]/, '$1='))
  return list.length > 0 ? list.map((text) => text.replace(/=\[(.*)\]$/, '=$1')).sort() : undefined
}

/** `KEY=VALUE` or a map, as a map of text. */
function pairs(node: Located): Printable {
  const found =
    node.kind === 'map'
      ? [...node.entries].map(([key, { value }]) => [key, textAt(value) ?? ''] as const)
      : itemsOf(node).map((item) => {
          const [key = '', ...rest] = (textAt(item) ?? '').split('=')
          return [key, rest.join('=')] as const
        })
  return found.length > 0 ? inOrder(found) : undefined
}

function texts(node: Located): Printable {
  const list = node.kind === 'list' ? node.items : [node]
  const found = list.flatMap((item) => textAt(item) ?? [])
  return found.length > 0 ? found : undefined
}

function listOfValues(node: Located): Printable {
  return (node.kind === 'list' ? node.items : [node]).map((item) => textAt(item) ?? '')
}
