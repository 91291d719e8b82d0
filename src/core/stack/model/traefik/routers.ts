import type { CanonicalService } from '../../canonical.ts'
import type { Path } from '../../place.ts'
import type { StackContext } from '../context.ts'
import type { Findings } from '../findings.ts'
import type { Port, Route } from '../service-model.ts'
import { bySchemes } from './both-schemes.ts'
import { entryPointName } from './entry-points.ts'
import { labelPath } from './label-paths.ts'
import { isOwnProvider, type LabelTree, listOf, type Options } from './label-tree.ts'
import type { MiddlewareBook } from './middlewares.ts'
import { parseRule, plainHosts, type Rule, ruleText } from './rule.ts'

/** Where the routers of a service lead, as the stack's labels say. */
export interface Backends {
  /** Services of Traefik, by their names: of which service of the stack, and how. */
  readonly byName: ReadonlyMap<string, readonly { readonly key: string; readonly options: Options }[]>
  /** The only TCP port of a service of the stack; undefined where there is none, or several. */
  onlyPort(key: string): number | undefined
}

/** Reads the routers of Traefik 2 and 3 in a service's labels. */
export function readRouters(
  tree: LabelTree,
  service: CanonicalService,
  key: string,
  backends: Backends,
  book: MiddlewareBook,
  context: StackContext,
): Route[] {
  return tree.routers.flatMap(({ protocol, name, options }): Route[] => {
    const at = (option: string) => labelPath(service, key, `traefik.${protocol}.routers.${name}.${option}`)
    const { findings } = context
    if (options.get('service')?.endsWith('@internal')) {
      findings.warn(
        at('service'),
        `the router ${name} leads to Traefik's own pages, and is left out`,
        'kubectl port-forward reaches them.',
      )
      return []
    }
    refuseLostGuards(protocol, name, options, at, findings)
    const rule = protocol === 'udp' ? undefined : readRule(options.get('rule'))
    if (protocol !== 'udp' && rule === undefined) {
      if (options.get('rule') === undefined)
        findings.warn(
          at([...options.keys()][0] ?? ''),
          `the router ${name} has no rule, and is left out`,
          'Write its rule: Host(`name.example.com`).',
        )
      else
        findings.refuse(
          at('rule'),
          `this is no rule of Traefik 2 or 3: ${options.get('rule')}`,
          'Write Host(`name.example.com`) && PathPrefix(`/path`).',
        )
      return []
    }
    const backend = findBackend(protocol, options.get('service'), key, tree, backends)
    if (typeof backend === 'string') {
      findings.refuse(
        at(options.has('service') ? 'service' : 'rule'),
        `${backend} for the router ${name}`,
        `Write the label traefik.${protocol}.services.${name}.loadbalancer.server.port.`,
      )
      return []
    }
    const entryPoints = listOf(options.get('entrypoints')).map(entryPointName)
    const resolver = options.get('tls.certresolver')
    const passthrough = /^true$/i.test(options.get('tls.passthrough') ?? '')
    const hasTls = [...options.keys()].some((option) => option === 'tls' || option.startsWith('tls.'))
    const isTls = hasTls && options.get('tls')?.toLowerCase() !== 'false'
    const route = {
      name,
      at: at('rule'),
      protocol,
      ...backend,
      plain: protocol === 'http' && rule ? plainHosts(rule) : undefined,
      match: rule ? ruleText(rule) : '',
      entryPoints,
      middlewares: protocol === 'http' ? book.references(options.get('middlewares')) : [],
      ...ranked(options.get('priority'), options.get('rule') ?? ''),
    }
    if (protocol === 'http' && !isTls) return bySchemes(route)
    const tls = isTls || entryPoints.includes('websecure') ? { resolver, passthrough } : undefined
    return [{ ...route, tls: protocol === 'udp' ? undefined : tls }]
  })
}

/** Traefik asks the router with the longest rule first, where its labels do not say otherwise. */
export function ranked(text: string | undefined, rule: string): Pick<Route, 'priority' | 'rank'> {
  const number = Number(text ?? 0)
  const priority = Number.isSafeInteger(number) && number !== 0 ? number : undefined
  return { priority, rank: priority ?? rule.length }
}

/** What guards a router, and is not made here: without it the route would be open. */
function refuseLostGuards(
  protocol: Route['protocol'],
  name: string,
  options: Options,
  at: (option: string) => Path,
  findings: Findings,
): void {
  if (protocol !== 'http' && listOf(options.get('middlewares')).length > 0)
    findings.refuse(
      at('middlewares'),
      `the middlewares of the ${protocol.toUpperCase()} router ${name} are not made here`,
      'Write the route as an IngressRouteTCP of Traefik, beside the stack, and leave its labels out.',
    )
  const tls = options.get('tls.options') ?? 'default'
  if (!/^default(@\w+)?$/.test(tls))
    findings.refuse(
      at('tls.options'),
      `the TLS options ${tls} of the router ${name} (client certificates, say) are not made here`,
      'Write the route as an IngressRoute of Traefik with its TLSOption, beside the stack, and leave its labels out.',
    )
}

function readRule(text: string | undefined): Rule | undefined {
  return text === undefined ? undefined : parseRule(text)
}

type Backend = Pick<Route, 'service' | 'port' | 'scheme' | 'sticky'>

/** Where a router leads, or why that is not known. */
export function findBackend(
  protocol: Route['protocol'],
  name: string | undefined,
  key: string,
  tree: LabelTree,
  { byName, onlyPort }: Backends,
): Backend | string {
  const own = [...tree.services.keys()].filter((service) => service.startsWith(`${protocol}/`))
  const only = own.length === 1 ? own[0] : undefined
  if (name === undefined && own.length > 1) return 'several ports are given, and none is named'
  const [named, provider] = (name ?? '').split(/@(.*)/s)
  const wanted = name === undefined ? only : `${protocol}/${named}`
  const isOwn = provider === undefined || isOwnProvider(provider)
  const owners = wanted === undefined || !isOwn ? [] : (byName.get(wanted) ?? [])
  const found = owners.find((owner) => owner.key === key) ?? owners[0]
  if (found?.key !== key && owners.length > 1)
    return `${owners.map((owner) => owner.key).join(' and ')} both make the service ${named}`
  const owner = found?.key ?? key
  if (name !== undefined && found === undefined) return `there is no service ${name} in the labels`
  const options = found?.options ?? new Map<string, string>()
  const port = Number(options.get('loadbalancer.server.port') ?? onlyPort(owner) ?? 0)
  if (!Number.isInteger(port) || port < 1 || port > 65535) return 'the port is not known'
  return {
    service: owner,
    port,
    scheme: options.get('loadbalancer.server.scheme'),
    sticky: isSticky(options),
  }
}

/** `sticky.cookie: true`, or any word of the cookie. */
function isSticky(options: Options): boolean {
  return [...options].some(
    ([option, value]) =>
      option.startsWith('loadbalancer.sticky') &&
      !(/sticky(\.cookie)?$/.test(option) && /^(false|0|f)$/i.test(value)),
  )
}

/** The ports that the labels of a service name. */
export function labelledPorts(tree: LabelTree): Port[] {
  return [...tree.services].flatMap(([name, options]) => {
    const port = Number(options.get('loadbalancer.server.port') ?? 0)
    const isPort = Number.isInteger(port) && 1 <= port && port <= 65535
    return isPort ? [{ port, protocol: name.startsWith('udp/') ? 'UDP' : 'TCP' } as const] : []
  })
}
