import { readMountSpec } from '../canonical/mount-spec.ts'
import type { Located, LocatedMap } from '../located.ts'
import { withoutTwins } from './merge-trees.ts'
import { textAt } from './nodes.ts'
import { matches } from './paths.ts'

type KeyOf = (item: Located) => string | undefined

/** What the items of a list are known by; a later one of the same key takes the place of the earlier. */
const KEYS: readonly (readonly [keyOf: KeyOf, patterns: readonly string[]])[] = [
  [
    name,
    [
      ...['annotations', 'build.args', 'build.additional_contexts', 'build.tags', 'build.labels', 'cap_add'],
      ...['cap_drop', 'deploy.labels', 'dns', 'dns_opt', 'dns_search', 'environment', 'expose', 'labels'],
      ...['links', 'networks.*.aliases', 'networks.*.link_local_ips', 'profiles', 'sysctls', 'tmpfs'],
    ]
      .map((path) => `services.*.${path}`)
      .concat('networks.*.labels', 'networks.*.ipam.options'),
  ],
  [mountTarget, ['services.*.volumes']],
  [device, ['services.*.devices']],
  [(item) => fileTarget(item, ''), ['services.*.configs']],
  [(item) => fileTarget(item, '/run/secrets'), ['services.*.secrets']],
  [port, ['services.*.ports']],
  [(item) => textAt(item) ?? textAt(item, 'path'), ['services.*.env_file']],
]

/** Removes what is said again in a list. */
export function enforceUnicity(tree: LocatedMap, path: readonly string[] = []): LocatedMap {
  const entries = [...tree.entries].map(([key, entry]) => {
    const value = ofValue(entry.value, [...path, key])
    return [key, { ...entry, value }] as const
  })
  return { ...tree, entries: new Map(entries) }
}

function ofValue(node: Located, path: readonly string[]): Located {
  if (node.kind === 'map') return enforceUnicity(node, path)
  if (node.kind === 'scalar') return node
  const rule = KEYS.find(([, patterns]) => patterns.some((pattern) => matches(path, pattern)))
  return rule ? withoutTwins(node, rule[0]) : node
}

function name(item: Located): string | undefined {
  return textAt(item)?.split('=')[0]
}

function mountTarget(item: Located): string | undefined {
  const short = textAt(item)
  if (short === undefined) return textAt(item, 'target')
  const read = readMountSpec(short)
  return typeof read === 'string' ? undefined : read.mount.target
}

function device(item: Located): string | undefined {
  const short = textAt(item)
  if (short === undefined) return textAt(item, 'target')
  const parts = short.split(':')
  return parts[1] ?? parts[0]
}

function fileTarget(item: Located, folder: string): string | undefined {
  const short = textAt(item)
  if (short !== undefined) return `${folder}/${short}`
  return textAt(item, 'target') ?? `${folder}/${textAt(item, 'source')}`
}

function port(item: Located): string | undefined {
  const short = textAt(item)
  if (short !== undefined) return short
  const field = (key: string, otherwise: string) => textAt(item, key) ?? otherwise
  return `${field('host_ip', '0.0.0.0')}:${field('published', '')}:${field('target', '')}/${field('protocol', 'tcp')}`
}
