import type { CanonicalStack } from '../canonical.ts'
import { COMPOSE_SERVICE_KEYS } from '../compose/key-fates.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import { FILE_KEYS, type KeyFate, NETWORK_KEYS, SERVICE_KEYS } from './key-fates.ts'

/** Keys of a service that are dropped or refused, by the way to them. */
function awayOf(keys: Readonly<Record<string, KeyFate>>): readonly { parts: string[]; fate: KeyFate }[] {
  return Object.entries(keys)
    .filter(([name, { fate }]) => !name.startsWith('networks.') && (fate === 'dropped' || fate === 'refused'))
    .map(([name, fate]) => ({ parts: name.split('.'), fate }))
}

const AWAY = awayOf(SERVICE_KEYS)
const AWAY_IN_COMPOSE = awayOf({ ...SERVICE_KEYS, ...COMPOSE_SERVICE_KEYS })

/** Reports each key that is dropped or refused whatever it says. The others, those who read them report. */
export function reportKeys(stack: CanonicalStack, findings: Findings): void {
  const away = stack.compose ? AWAY_IN_COMPOSE : AWAY
  for (const [key, service] of stack.services) {
    for (const { parts, fate } of away) {
      if (isWritten(valueAt(service, parts))) report(['services', key, ...parts], fate, findings)
    }
    for (const [network, attachment] of service.networks) {
      for (const part of ['driver_opts', 'ipv4_address', 'ipv6_address'] as const) {
        const fate = SERVICE_KEYS[`networks.${part}`]
        if (fate && isWritten(attachment?.[part]))
          report(['services', key, 'networks', network, part], fate, findings)
      }
    }
  }
  for (const [key, network] of stack.networks) reportOf(network, ['networks', key], NETWORK_KEYS, findings)
  for (const kind of ['secrets', 'configs'] as const) {
    for (const [key, object] of stack[kind]) reportOf(object, [kind, key], FILE_KEYS, findings)
  }
}

function reportOf(
  value: unknown,
  path: Path,
  fates: Readonly<Record<string, KeyFate>>,
  findings: Findings,
): void {
  for (const [name, fate] of Object.entries(fates)) {
    if (isWritten(valueAt(value, [name]))) report([...path, name], fate, findings)
  }
}

function report(path: Path, { fate, say, remedy = '' }: KeyFate, findings: Findings): void {
  const key = path
    .filter((part) => typeof part === 'string')
    .slice(2)
    .join('.')
  if (fate === 'dropped') findings.warn(path, `${key} is dropped: ${say}`, remedy)
  if (fate === 'refused') findings.refuse(path, `${key} is refused: ${say}`, remedy)
}

function valueAt(value: unknown, parts: readonly string[]): unknown {
  let here = value
  for (const part of parts) {
    if (typeof here !== 'object' || here === null) return undefined
    const inside: unknown = Reflect.get(here, part)
    here = inside
  }
  return here
}

/** Lists, maps and flags that were not written are empty. */
function isWritten(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  return value !== undefined && value !== null && value !== false
}
