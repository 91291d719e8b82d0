import type { CanonicalService } from '../../canonical.ts'
import type { Path } from '../../place.ts'
import type { StackContext } from '../context.ts'
import { labelsOf } from '../label-names.ts'
import type { MiddlewareReference, Port, Route } from '../service-model.ts'
import { bySchemes } from './both-schemes.ts'
import { labelPath } from './label-paths.ts'
import { listOf, type Options } from './label-tree.ts'
import type { MiddlewareBook } from './middlewares.ts'
import { ranked } from './routers.ts'
import { modern, plainHosts, type Rule, ruleText } from './rule.ts'

/** The labels of Traefik 1 for one frontend: `traefik.frontend.rule`, or with a segment, `traefik.admin.frontend.rule`. */
export interface OldFrontend {
  /** Empty for the one without a segment. */
  readonly segment: string
  readonly options: Options
}

const FORM = /^traefik\.(?:([a-z0-9_-]+)\.)?((?:frontend\.|port$|protocol$).*)$/i

export function readOldFrontends(labels: ReadonlyMap<string, string>): OldFrontend[] {
  const segments = new Map<string, Map<string, string>>()
  for (const [label, value] of labels) {
    const [, segment = '', option] = FORM.exec(label) ?? []
    if (option === undefined || /^(http|tcp|udp)$/i.test(segment)) continue
    const options = segments.get(segment) ?? new Map<string, string>()
    segments.set(segment, options.set(option.toLowerCase(), value.trim()))
  }
  const whole = segments.get('')
  if (whole === undefined || segments.size === 1)
    return [...segments].map(([segment, options]) => ({ segment, options }))
  // As Traefik 1.7 does it: what is said without a segment holds for each that does not say otherwise, and is none itself.
  segments.delete('')
  return [...segments].map(([segment, options]) => ({ segment, options: new Map([...whole, ...options]) }))
}

/** The ports that they name. */
export function oldPorts(frontends: readonly OldFrontend[]): Port[] {
  return frontends
    .map(({ options }) => Number(options.get('port') ?? 0))
    .filter((port) => Number.isInteger(port) && 1 <= port && port <= 65535)
    .map((port) => ({ port, protocol: 'TCP' }))
}

/** Reads the frontends of Traefik 1. `onlyPort` is that of the service, where no label names one. */
export function readOldRoutes(
  service: CanonicalService,
  key: string,
  onlyPort: number | undefined,
  book: MiddlewareBook,
  context: StackContext,
): Route[] {
  const frontends = readOldFrontends(labelsOf(service))
  const rule = labelPath(service, key, 'traefik.frontend.rule')
  if (rule.length > 2 && frontends.every(({ segment }) => segment !== ''))
    context.findings.warn(
      rule,
      'beside segments this is no frontend of its own: it is for those without a rule',
      'Write it for a segment: traefik.web.frontend.rule.',
    )
  return frontends.flatMap(({ segment, options }): Route[] => {
    const text = options.get('frontend.rule')
    if (text === undefined) return []
    const ofSegment = (option: string) => labelPath(service, key, `traefik.${segment}.${option}`)
    const at = (option: string) => {
      const own = segment === '' ? [] : ofSegment(option)
      return own.length > 2 ? own : labelPath(service, key, `traefik.${option}`)
    }
    const name = segment === '' ? key : `${key}-${segment}`
    const rule = readOldRule(text)
    const port = Number(options.get('port') ?? onlyPort ?? 0)
    if (rule === undefined) {
      context.findings.refuse(
        at('frontend.rule'),
        `this is no rule of Traefik 1: ${text}`,
        'Write Host:name.example.com;PathPrefix:/path.',
      )
      return []
    }
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      context.findings.refuse(at('frontend.rule'), 'the port is not known', 'Write the label traefik.port.')
      return []
    }
    const routes = bySchemes({
      name,
      at: at('frontend.rule'),
      protocol: 'http',
      service: key,
      port,
      scheme: options.get('protocol') === 'https' ? 'https' : undefined,
      sticky: false,
      plain: plainHosts(rule.rule),
      match: ruleText(rule.rule),
      entryPoints: oldEntryPoints(options.get('frontend.entrypoints')),
      middlewares: [
        ...readOldMiddlewares(name, options, at, book, context),
        ...stripped(name, rule.strip, at('frontend.rule'), book),
      ],
      ...ranked(options.get('frontend.priority'), text),
    })
    return routes.map((route) =>
      route.tls
        ? route
        : { ...route, middlewares: [...redirected(name, options, at, book), ...route.middlewares] },
    )
  })
}

/** Those of the two that Traefik 1 has by custom; where none is said, HTTPS. */
function oldEntryPoints(text: string | undefined): string[] {
  const written = listOf(text).map((point) => point.toLowerCase())
  const secure = written.length === 0 || written.includes('https') ? ['websecure'] : []
  const plain = secure.length === 0 || written.includes('http') ? ['web'] : []
  return [...secure, ...plain]
}

/** Who comes without TLS, and is sent to it. */
function redirected(
  name: string,
  options: Options,
  at: (option: string) => Path,
  book: MiddlewareBook,
): MiddlewareReference[] {
  if (options.get(REDIRECT) !== 'https') return []
  const permanent = options.get('frontend.redirect.permanent') === 'true'
  return [book.make(`${name}-redirect`, 'redirectScheme', { scheme: 'https', permanent }, at(REDIRECT))]
}

const REDIRECT = 'frontend.redirect.entrypoint'

function stripped(
  name: string,
  prefixes: readonly string[],
  at: Path,
  book: MiddlewareBook,
): MiddlewareReference[] {
  return prefixes.length === 0 ? [] : [book.make(`${name}-strip`, 'stripPrefix', { prefixes }, at)]
}

const MATCHERS: ReadonlyMap<string, string> = new Map([
  ['host', 'Host'],
  ['hostregexp', 'HostRegexp'],
  ['path', 'Path'],
  ['pathprefix', 'PathPrefix'],
  ['method', 'Method'],
  ['pathstrip', 'Path'],
  ['pathprefixstrip', 'PathPrefix'],
])

/** `Host:a.com,b.com;PathPrefixStrip:/x`: all of the parts, one of the values of each. */
function readOldRule(text: string): { rule: Rule; strip: string[] } | undefined {
  const parts: Rule[] = []
  const strip: string[] = []
  for (const piece of text
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')) {
    const [, kind = '', list = ''] = /^([A-Za-z]+):(.*)$/s.exec(piece) ?? []
    const values = listOf(list)
    const matcher = MATCHERS.get(kind.toLowerCase())
    if (matcher === undefined || values.length === 0) return undefined
    if (/strip$/i.test(kind)) strip.push(...values)
    parts.push(modern(matcher, values))
  }
  const [only] = parts
  if (only === undefined) return undefined
  return { rule: parts.length === 1 ? only : { is: 'and', parts }, strip }
}

const HARMLESS =
  /^frontend\.(rule|priority|entrypoints|passhostheader|value|redirect\..*|headers\..*|errors\..*)$/

/** Who may come in, first of all; what else a frontend asks for is refused where it guards, and reported where it doesn't. */
function readOldMiddlewares(
  name: string,
  options: Options,
  at: (option: string) => Path,
  book: MiddlewareBook,
  { findings }: StackContext,
): MiddlewareReference[] {
  const made: MiddlewareReference[] = []
  const isSent = options.get(REDIRECT) === 'https'
  const known = new Set<string>(isSent ? [REDIRECT, 'frontend.redirect.permanent'] : [])
  const take = (option: string) => {
    const value = options.get(`frontend.${option}`)
    if (value !== undefined) known.add(`frontend.${option}`)
    return value
  }
  const basic = take('auth.basic.users') ?? take('auth.basic')
  const digest = take('auth.digest.users')
  const address = take('auth.forward.address')
  const ranges = take('whitelist.sourcerange')
  if (ranges !== undefined)
    made.push(
      book.make(
        `${name}-allow`,
        'ipAllowList',
        { sourceRange: listOf(ranges) },
        at('frontend.whitelist.sourcerange'),
      ),
    )
  if (basic !== undefined)
    made.push(book.make(`${name}-auth`, 'basicAuth', { users: listOf(basic) }, at('frontend.auth.basic')))
  if (digest !== undefined)
    made.push(
      book.make(`${name}-digest`, 'digestAuth', { users: listOf(digest) }, at('frontend.auth.digest.users')),
    )
  if (address !== undefined) {
    const trust = take('auth.forward.trustforwardheader')
    const headers = take('auth.forward.authresponseheaders')
    made.push(
      book.make(
        `${name}-forward`,
        'forwardAuth',
        {
          address,
          ...(trust !== undefined && { trustForwardHeader: trust === 'true' }),
          ...(headers !== undefined && { authResponseHeaders: listOf(headers) }),
        },
        at('frontend.auth.forward.address'),
      ),
    )
  }
  for (const option of options.keys()) {
    if (!option.startsWith('frontend.') || known.has(option)) continue
    if (!HARMLESS.test(option))
      findings.refuse(
        at(option),
        `${option} guards the frontend, and is not made here`,
        'Write it as a middleware of Traefik 3 (traefik.http.middlewares...).',
      )
    else if (/^frontend\.(redirect|headers|errors)\./.test(option))
      findings.warn(
        at(option),
        `${option} of Traefik 1 is left out`,
        'Write it as a middleware of Traefik 3 (traefik.http.middlewares...).',
      )
  }
  return made
}
