import type {
  CanonicalHealthcheck,
  CanonicalLogging,
  CanonicalNetworkAttachment,
} from '../canonical-service.ts'
import type { Merging } from './merging.ts'

/** As in Docker: an empty value overrides none, and only an empty one gives way to "no value". */
export function mergeVariable(base: string | null, over: string | null): string | null {
  return base === null || base === '' ? over : over || base
}

export function mergeHealthcheck(
  base: CanonicalHealthcheck,
  over: CanonicalHealthcheck,
  merging: Merging,
): CanonicalHealthcheck {
  return {
    ...merging.laterOf(base, over, ['timeout', 'interval', 'start_period', 'start_interval', 'disable']),
    test: merging.appended('test', base.test, over.test),
    retries: merging.set('retries', base.retries, over.retries),
  }
}

/** Options of one driver are merged, those of another replaced. As in Docker, options come to none that has none. */
export function mergeLogging(
  base: CanonicalLogging,
  over: CanonicalLogging,
  merging: Merging,
): CanonicalLogging {
  const driver = base.driver ?? over.driver
  if (over.driver !== undefined && over.driver !== driver) return over
  const options = base.options.size === 0 ? base.options : merging.map('options', base.options, over.options)
  return { driver, options }
}

/** The later one's aliases replace, also by none; its addresses where it has any. */
export function mergeAttachment(
  base: CanonicalNetworkAttachment | null,
  over: CanonicalNetworkAttachment | null,
): CanonicalNetworkAttachment | null {
  if (base === null || over === null) return over ?? base
  return {
    aliases: over.aliases,
    driver_opts: base.driver_opts,
    ipv4_address: over.ipv4_address ?? base.ipv4_address,
    ipv6_address: over.ipv6_address ?? base.ipv6_address,
  }
}
