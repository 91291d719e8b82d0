import type { CanonicalService } from '../canonical.ts'
import type { Path } from '../place.ts'
import type { StackContext } from './context.ts'
import { AUTH, HOST, labelsOf, PORT } from './label-names.ts'
import { tellOfOthersLabels } from './others-labels.ts'
import type { HostPath, MiddlewareReference, Port, Route } from './service-model.ts'
import { standInFor } from './stand-ins.ts'
import { askedPorts } from './traefik/asked-ports.ts'
import { type EntryPointMiddlewares, readEntryPoints } from './traefik/entry-points.ts'
import { tellOfLabels } from './traefik/known-labels.ts'
import { labelPath } from './traefik/label-paths.ts'
import { type LabelTree, listOf, readLabelTree } from './traefik/label-tree.ts'
import type { ErrorPages, MiddlewareBook } from './traefik/middlewares.ts'
import { oldPorts, readOldFrontends, readOldRoutes } from './traefik/old-labels.ts'
import { type Backends, findBackend, labelledPorts, readRouters } from './traefik/routers.ts'
import { isHostName } from './traefik/rule.ts'

/** Reads the ways in from outside of all services. First what the labels make for each other, then the routes. */
export class RouteReader {
  readonly #context: StackContext
  readonly #book: MiddlewareBook
  readonly #trees = new Map<string, LabelTree>()
  readonly #ofEntryPoints: EntryPointMiddlewares = new Map()
  /** Ports that the ingress controller asks who somebody is, or for the page of an error, by the keys of the services. */
  readonly asked: Map<string, Set<number>>

  constructor(context: StackContext, book: MiddlewareBook) {
    this.#context = context
    this.#book = book
    this.asked = askedPorts(context.stack, context.names)
    for (const [key, service] of context.stack.services) {
      if (isTraefik(service)) readEntryPoints(key, service, this.#ofEntryPoints, context.findings)
      const tree = readLabelTree(labelsOf(service))
      if (!tree.enabled) continue
      this.#trees.set(key, tree)
      book.define(tree)
    }
    for (const [key, service] of context.stack.services) {
      const tree = this.#trees.get(key)
      if (tree) book.read(tree, service, key, (name) => this.#errorPages(name, key, tree))
      if (tree) tellOfLabels(service, key, isTraefik(service), context.findings)
      tellOfOthersLabels(service, key, context.findings)
    }
  }

  /** The labels have to say the port: the ports of services are read once it is known what the labels say. */
  #errorPages(name: string, key: string, tree: LabelTree): ErrorPages | string {
    const backends = { byName: this.#backends(), onlyPort: () => undefined }
    const found = name === '' ? 'there is no service' : findBackend('http', name, key, tree, backends)
    if (typeof found === 'string') return found
    const { service, port, scheme } = found
    this.asked.set(service, (this.asked.get(service) ?? new Set()).add(port))
    return { name: this.#context.names.of(service), port, scheme }
  }

  /** The ports that the labels of a service name. */
  ports(key: string, service: CanonicalService): Port[] {
    const tree = this.#trees.get(key)
    const labels = labelsOf(service)
    const own = Number(labels.get(PORT) ?? 0)
    const old = tree ? oldPorts(readOldFrontends(labels)) : []
    const isPort = Number.isInteger(own) && 1 <= own && own <= 65535
    return [
      ...(tree ? labelledPorts(tree) : []),
      ...old,
      ...(isPort ? [{ port: own, protocol: 'TCP' } as const] : []),
      ...[...(this.asked.get(key) ?? [])].map((port) => ({ port, protocol: 'TCP' }) as const),
    ]
  }

  /**
   * The port of a service that has a route and of whose ports none is known: Traefik looks into the image then, and here
   * nobody does.
   */
  guessedPorts(key: string, service: CanonicalService): Port[] {
    const tree = this.#trees.get(key)
    const old = tree ? readOldFrontends(labelsOf(service)) : []
    const routed = tree?.routers.some(
      ({ protocol, options }) =>
        protocol === 'http' && options.has('rule') && !options.get('service')?.includes('@'),
    )
    if (!routed && !old.some(({ options }) => options.has('frontend.rule')) && !labelsOf(service).has(HOST))
      return []
    this.#context.findings.warn(
      ['services', key],
      `the port of ${key} is not known: its route leads to 80`,
      `Write the label ${PORT}.`,
    )
    return [{ port: 80, protocol: 'TCP' }]
  }

  /** @param portsOf the known ports of each service. */
  read(key: string, service: CanonicalService, portsOf: ReadonlyMap<string, readonly Port[]>): Route[] {
    const tree = this.#trees.get(key)
    const onlyPort = (name: string) => {
      const tcp = (portsOf.get(name) ?? []).filter(({ protocol }) => protocol === 'TCP')
      return tcp.length === 1 ? tcp[0]?.port : undefined
    }
    const old = tree ? readOldRoutes(service, key, onlyPort(key), this.#book, this.#context) : []
    const present = tree
      ? readRouters(tree, service, key, { byName: this.#backends(), onlyPort }, this.#book, this.#context)
      : []
    const plain = this.#readHost(key, service, onlyPort(key))
    const routes = [...plain, ...present, ...this.#withoutTwins(old, present, key)]
    // The entry of a controller that is the cluster's own now leads nowhere.
    if (isTraefik(service)) return []
    if (routes.length === 0) this.#tellOfDefaultRule(key, service)
    const guarded = this.#guarded(routes, key, service)
    this.#tellOfNeeds(guarded)
    return guarded
  }

  #all: Backends['byName'] | undefined
  /** Read when the first service asks, since by then all labels are known; of each stack once. */
  #backends(): Backends['byName'] {
    this.#all ??= Map.groupBy(
      [...this.#trees].flatMap(([key, tree]) =>
        [...tree.services].map(([name, options]) => ({ name, key, options })),
      ),
      ({ name }) => name,
    )
    return this.#all
  }

  /** `homeport.dev/host: name.example.com/path`, several with commas. */
  #readHost(key: string, service: CanonicalService, onlyPort: number | undefined): Route[] {
    const labels = labelsOf(service)
    const text = labels.get(HOST)
    if (text === undefined) return []
    const { findings } = this.#context
    const at = labelPath(service, key, HOST)
    const port = Number(labels.get(PORT) ?? onlyPort ?? 0)
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      findings.refuse(at, 'the port is not known', `Write the label ${PORT}.`)
      return []
    }
    const plain = listOf(text).flatMap((item): HostPath[] => {
      const [, host = '', path = '/'] =
        /^([^/]*)(\/.*)?$/.exec(item.toLowerCase() === item ? item : lowerHost(item)) ?? []
      if (isHostName(host) && /^\/[\w.~/-]*$/.test(path) && !/\/\/|\/\.\.?(\/|$)/.test(path))
        return [{ host, path, exact: false }]
      findings.refuse(
        at,
        `${item} is no host`,
        'Write name.example.com, or name.example.com/path; Kubernetes takes no address there.',
      )
      return []
    })
    const ruleOf = ({ host, path }: HostPath) =>
      path === '/' ? `Host(\`${host}\`)` : `Host(\`${host}\`) && PathPrefix(\`${path}\`)`
    // Each has its own place among the rules of Traefik, which go by their lengths.
    const byRank = [...Map.groupBy(plain, (one) => ruleOf(one).length)]
    return byRank.map(([rank, some], index) => ({
      name: index === 0 ? key : `${key}-${index + 1}`,
      protocol: 'http',
      service: key,
      port,
      plain: some,
      match: some.map((one) => `(${ruleOf(one)})`).join(' || '),
      entryPoints: ['websecure'],
      middlewares: [],
      tls: { passthrough: false },
      scheme: undefined,
      sticky: false,
      priority: undefined,
      rank,
      at,
    }))
  }

  /** A service that speaks to Traefik 1 and to 2 says the same twice: then 2 counts, unless 1 alone guards it. */
  #withoutTwins(old: readonly Route[], present: readonly Route[], key: string): Route[] {
    const isGuarded = ({ middlewares }: Route) => middlewares.some((one) => this.#book.guards(one))
    return old.filter((route) => {
      const { plain = [], name } = route
      const twins = plain.map((one) =>
        present.filter((other) => other.plain?.some((two) => placeOf(two) === placeOf(one))),
      )
      if (plain.length === 0 || twins.every((some) => some.length === 0)) return true
      const all = twins.flat()
      if (isGuarded(route) && !all.every(isGuarded))
        this.#context.findings.refuse(
          ['services', key],
          `the labels of Traefik 1 guard ${name}, those of Traefik 2 do not`,
          'Write the middleware for Traefik 2 too.',
        )
      if (all.some(({ port, service }) => port !== route.port || service !== route.service))
        this.#context.findings.refuse(
          ['services', key],
          `the labels of Traefik 1 and of Traefik 2 lead ${name} to different ports`,
          'Take those of Traefik 1 out.',
        )
      return !twins.every((some) => some.length > 0)
    })
  }

  /** Traefik makes a router by itself for a service whose labels make none, and none here knows by which rule. */
  #tellOfDefaultRule(key: string, service: CanonicalService): void {
    const tree = this.#trees.get(key)
    const named = new Set(
      [...this.#trees.values()].flatMap(({ routers }) =>
        routers.map(({ options }) => options.get('service')),
      ),
    )
    const services = [...(tree?.services.keys() ?? [])].filter((name) => name.startsWith('http/'))
    if (!tree || tree.routers.length > 0 || services.some((name) => named.has(name.slice('http/'.length))))
      return
    if (services.length > 0 || oldPorts(readOldFrontends(labelsOf(service))).length > 0)
      this.#context.findings.warn(
        ['services', key],
        `${key} has a port for Traefik and no router: the route by Traefik's default rule is left out`,
        `Write the label ${HOST}: name.example.com.`,
      )
  }

  readonly #told = new Set<string>()

  /** Entry points and resolvers of certificates are the cluster's, which has to have them. */
  #tellOfNeeds(routes: readonly Route[]): void {
    const { findings, options } = this.#context
    if (options.ingress !== 'traefik') return
    for (const { entryPoints, tls, at } of routes) {
      const points = entryPoints.filter((point) => !/^web(secure)?$/.test(point))
      const needs = [
        ...points.map((point) => [`the entry point ${point}`, 'it does not serve the route'] as const),
        ...(tls?.resolver
          ? [[`the resolver of certificates ${tls.resolver}`, 'the certificate is its own'] as const]
          : []),
      ]
      for (const [need, without] of needs.filter(([one]) => !this.#told.has(one))) {
        this.#told.add(need)
        findings.warn(at, `Traefik in the cluster has to have ${need}`, `Until it has, ${without}.`)
      }
    }
  }

  /** What the stack's own Traefik asks of all who come by the entry points of a route; without any it has all of them. */
  #entering({ entryPoints }: Route): MiddlewareReference[] {
    const points = entryPoints.length > 0 ? entryPoints : [...this.#ofEntryPoints.keys()]
    const names = points.flatMap((point) => this.#ofEntryPoints.get(point.toLowerCase()) ?? [])
    return this.#book.references([...new Set(names)].join(','))
  }

  /** Everybody is asked who they are, unless the stack says that the application does it, or that nobody has to. */
  #guarded(routes: Route[], key: string, service: CanonicalService): Route[] {
    const { findings, options } = this.#context
    const auth = labelsOf(service).get(AUTH) ?? 'oauth'
    const at: Path = labelPath(service, key, AUTH)
    if (!['oauth', 'app', 'none'].includes(auth))
      findings.refuse(at, `there is no authentication ${auth}`, 'Write oauth, app or none.')
    return routes.map((route) => {
      if (route.protocol !== 'http') {
        if (auth === 'oauth')
          findings.warn(
            at,
            `the route ${route.name} is not HTTP: nobody is asked who they are`,
            `Write the label ${AUTH}: app where the application asks.`,
          )
        return route
      }
      const oauth = auth === 'oauth' ? [options.oauth] : []
      const all = [...oauth, ...this.#entering(route), ...route.middlewares]
      return { ...route, middlewares: this.#book.redirectsFirst(all) }
    })
  }
}

function placeOf({ host, path, exact }: HostPath): string {
  return `${host}${path}${exact ? '' : '*'}`
}

function isTraefik(service: CanonicalService): boolean {
  return standInFor(service)?.name === 'traefik'
}

/** A host is the same in small and capital letters, a path is not. */
function lowerHost(item: string): string {
  return item.replace(/^[^/]*/, (host) => host.toLowerCase())
}
