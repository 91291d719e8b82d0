import { canonicalAddress } from '../core/address/address.ts'
import { formatRange, parseRange } from '../core/address/range.ts'
import { parsePortRange } from '../core/port-range.ts'

/** A form that a setting's text may have. `read` gives undefined for a text that is not of the form. */
export interface Kind<Value> {
  /** What the text must be, for error messages and docs/configuration.md. */
  readonly form: string
  readonly read: (text: string) => Value | undefined
}

export const path: Kind<string> = {
  form: 'an absolute path',
  read: (text) => (/^\/[^\0\n]*$/.test(text) ? text : undefined),
}

/** A program: a name that PATH has, or a path. */
export const program: Kind<string> = {
  form: "a program's name or path",
  read: (text) => (/^[^\0\s]+$/.test(text) ? text : undefined),
}

export const flag: Kind<boolean> = {
  form: 'true or false',
  read: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A duration in ms, written with its unit: `30s`, `10m`, `24h`, `7d`. */
export const duration: Kind<number> = {
  form: 'a duration such as 30s, 10m, 24h or 7d',
  read: (text) => {
    const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
    const factor = unit === 's' || unit === 'm' || unit === 'h' || unit === 'd' ? UNITS[unit] : undefined
    return factor === undefined || Number(count) === 0 ? undefined : Number(count) * factor
  },
}

/** HAProxy counts in 31 bits of milliseconds: 24.8 days. It refuses a configuration with more. */
const LONGEST_TIMER = 24 * UNITS.d

/** A duration in ms that HAProxy keeps. */
export const timer: Kind<number> = {
  form: `${duration.form}, at most 24d`,
  read: (text) => {
    const value = duration.read(text)
    return value !== undefined && value <= LONGEST_TIMER ? value : undefined
  },
}

export function count(low: number, high: number): Kind<number> {
  return {
    form: `a whole number from ${low} to ${high}`,
    read: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN
      return low <= value && value <= high ? value : undefined
    },
  }
}

export function oneOf<const Word extends string>(...words: readonly Word[]): Kind<Word> {
  return { form: words.join(' or '), read: (text) => words.find((word) => word === text) }
}

/** Where to listen. */
export interface Listen {
  /** Canonical; `::` stands for all addresses, of IPv4 too. */
  readonly host: string
  readonly port: number
}

/** `[::]:9443`, `192.0.2.1:9443`. */
export const listen: Kind<Listen> = {
  form: 'an address and port such as [::]:9443 or 192.0.2.1:9443',
  read: (text) => {
    const [, six, four, portText] = /^(?:\[([^\]]+)\]|([\d.]+)):(\d{1,5})$/.exec(text) ?? []
    const host = canonicalAddress(six ?? four ?? '')
    const port = Number(portText)
    return host !== undefined && port <= 65535 ? { host, port } : undefined
  },
}

export const address: Kind<string> = { form: 'an IP address', read: canonicalAddress }

export const range: Kind<string> = {
  form: 'an address range such as 10.0.0.0/8 or 2001:db8::/32',
  read: (text) => {
    const parsed = parseRange(text)
    return parsed && formatRange(parsed)
  },
}

/** A port or a range of ports, as it was written. */
export const ports: Kind<string> = {
  form: 'a port or a range of ports such as 8443 or 30000-32767',
  read: (text) => (parsePortRange(text) ? text : undefined),
}

/** A DNS-1123 label, as Kubernetes names namespaces. */
export const label: Kind<string> = {
  form: 'a name of lower-case letters, digits and dashes, at most 63',
  read: (text) => (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text) ? text : undefined),
}

/** Somebody else's name for something. */
export const name: Kind<string> = {
  form: 'a name',
  read: (text) => (/^[^\0\n]{1,253}$/.test(text) ? text : undefined),
}
