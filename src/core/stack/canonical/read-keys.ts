import type { CanonicalHealthcheck, CanonicalLogging, CanonicalUlimit } from '../canonical-service.ts'
import { inOrder } from '../go-order.ts'
import { pathText } from '../place.ts'
import type { Fields } from './fields.ts'
import { shellWords } from './shell-words.ts'

/** A command: one string is split into its words. */
export function readWords(service: Fields, key: string): readonly string[] {
  const node = service.value(key)
  if (node?.kind !== 'scalar') return service.texts(key)
  const path = [...service.path, key]
  const words = shellWords(service.textOf(node, path))
  if (typeof words !== 'string') return words
  const remedy = 'Close the quotes, or write the command as a list.'
  service.error(node.place, path, `error decoding '${pathText(path)}': ${words}`, remedy)
  return []
}

export function readHealthcheck(service: Fields): CanonicalHealthcheck | undefined {
  const check = service.below('healthcheck')
  if (!check) return undefined
  const test = check.value('test')
  return {
    test: test?.kind === 'scalar' ? ['CMD-SHELL', check.text('test') ?? ''] : check.texts('test'),
    timeout: check.duration('timeout'),
    interval: check.duration('interval'),
    retries: check.whole('retries'),
    start_period: check.duration('start_period'),
    start_interval: check.duration('start_interval'),
    disable: check.flag('disable'),
  }
}

export function readLogging(service: Fields): CanonicalLogging | undefined {
  const logging = service.below('logging')
  return logging && { driver: logging.text('driver'), options: logging.strings('options') }
}

/** `host:address` of each; `=` may stand for the colon, and an IPv6 address in brackets. */
export function readHosts(fields: Fields, key: string): readonly string[] {
  const node = fields.value(key)
  if (node?.kind === 'map') {
    const pairs = [...fields.pairs(key)].flatMap(([host, address]) =>
      address === null ? [] : [`${host}:${address}`],
    )
    return pairs.sort().map(withoutBrackets)
  }
  return fields.texts(key).flatMap((text) => {
    const separator = text.includes('=') ? '=' : ':'
    const at = text.indexOf(separator)
    return at < 0 ? [] : [withoutBrackets(`${text.slice(0, at)}:${text.slice(at + 1)}`)]
  })
}

function withoutBrackets(text: string): string {
  const at = text.indexOf(':')
  return `${text.slice(0, at)}:${text.slice(at + 1).replace(/^\[(.+)\]$/s, '$1')}`
}

export function readUlimits(service: Fields): ReadonlyMap<string, CanonicalUlimit> {
  const ulimits = service.below('ulimits')
  if (!ulimits) return new Map()
  return inOrder(
    [...ulimits.node.entries.keys()].map((name): [string, CanonicalUlimit] => {
      const both = ulimits.below(name)
      if (!both) return [name, limit(ulimits, name)]
      return [name, { soft: limit(both, 'soft'), hard: limit(both, 'hard') }]
    }),
  )
}

/** Docker looks at names in lower case only beforehand; what it then can't use is refused here. */
function limit(fields: Fields, key: string): number {
  const node = fields.value(key)
  const value = fields.whole(key, Number.NEGATIVE_INFINITY)
  if (value !== undefined && node?.kind === 'scalar' && node.scalar.form === 'int') return value
  const path = [...fields.path, key]
  const remedy = 'Write "nofile: 1024", or "nofile: {soft: 1024, hard: 2048}".'
  fields.error(node?.place ?? fields.node.place, path, `${pathText(path)} must be a integer`, remedy)
  return 0
}
