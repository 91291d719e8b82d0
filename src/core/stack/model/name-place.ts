import { isSecret } from '../secrecy.ts'
import { schemePort } from './scheme-ports.ts'

/** What a text is, by the name of its variable or flag: the name of a host, a secret as a whole, or anything. */
export type TextKind = 'host' | 'secret' | 'text'

export function textKind(name: string): TextKind {
  if (/host|server|addr|url|uri|upstream|endpoint|broker|nodes?$|dsn|proxy/i.test(name)) return 'host'
  return isSecret(name, '') ? 'secret' : 'text'
}

/** What the place of a name in a text says of it. */
export interface NamePlace {
  /** The port behind it. */
  readonly port: number | undefined
  /** The port of the URL's scheme, where it names none itself. */
  readonly schemePort: number | undefined
  /** It stands in a URL where a host or its user stands: `amqp://me@mq`, `mongodb://a,b`. */
  readonly isInUrl: boolean
  /** It is who logs in: `//me:secret@db`. */
  readonly isUser: boolean
  /** It stands behind what hosts stand behind in URLs, and in addresses of people. */
  readonly isBehindSign: boolean
  /** It is a whole item of a list, or all of the text. */
  readonly isWhole: boolean
}

/** How many characters before a name are looked at: schemes, users and other hosts are shorter than that. */
const REACH = 300

export function namePlace(text: string, offset: number, length: number): NamePlace {
  const before = text.slice(Math.max(0, offset - REACH), offset)
  const behind = text.slice(offset + length, offset + length + REACH)
  const [, scheme] = /([a-z][\w+.-]*):\/\/(?:[^\s/?#]*[@,])?$/i.exec(before) ?? []
  const port = portBehind(behind)
  return {
    port,
    schemePort: port === undefined && scheme !== undefined ? schemePort(scheme) : undefined,
    isInUrl: scheme !== undefined,
    isUser: /^(:[^\s/?#@,;]*)?@/.test(behind) && (scheme !== undefined || before.endsWith('//')),
    isBehindSign: /(\/\/|@)$/.test(before),
    isWhole: WHOLE.test(before.slice(-1)) && WHOLE.test(behind.charAt(0)),
  }
}

/** What may stand before and behind a name that is a whole item. */
const WHOLE = /^[\s,;=]?$/

/** The port behind a name. What goes on behind it is a tag of an image; what ends with `@` is somebody's password. */
function portBehind(text: string): number | undefined {
  const digits = /^:(\d{1,5})(?![\w@-]|\.\w)/.exec(text)?.[1]
  return digits === undefined ? undefined : Number(digits)
}
