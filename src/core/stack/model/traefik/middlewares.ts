import type { CanonicalService } from '../../canonical.ts'
import { dnsName } from '../../names.ts'
import type { Path } from '../../place.ts'
import type { StackContext } from '../context.ts'
import type { FileShelf } from '../file-objects.ts'
import type { MiddlewareReference } from '../service-model.ts'
import type { Middleware } from '../stack-model.ts'
import { labelPath } from './label-paths.ts'
import type { LabelTree, Options } from './label-tree.ts'
import { isOwnProvider, listOf } from './label-tree.ts'
import { readMiddleware } from './middleware-forms.ts'

/** The Service that has the pages for errors. */
export interface ErrorPages {
  readonly name: string
  readonly port: number
  readonly scheme?: string | undefined
}

/** The middlewares of a stack. In Swarm those of every stack are one heap; here each stack has its own. */
export class MiddlewareBook {
  readonly #context: StackContext
  readonly #shelf: FileShelf
  readonly #made = new Map<string, Middleware>()
  readonly #missing = new Set<string>()
  /** The names of all that the labels of the stack make, read or not. */
  readonly #defined = new Set<string>()

  constructor(context: StackContext, shelf: FileShelf) {
    this.#context = context
    this.#shelf = shelf
  }

  get all(): Middleware[] {
    return [...this.#made.values()]
  }

  /** Learns which names a service's labels make. All are known before the first is read: each may be in another's chain. */
  define(tree: LabelTree): void {
    for (const name of tree.middlewares.keys()) this.#defined.add(name)
  }

  /** Reads those that a service's labels make. `backendOf` says where a service of Traefik is, or why that is not known. */
  read(
    tree: LabelTree,
    service: CanonicalService,
    key: string,
    backendOf: (name: string) => ErrorPages | string,
  ): void {
    for (const [name, options] of tree.middlewares) this.#read(name, options, service, key, backendOf)
    for (const name of tree.tcpMiddlewares.keys())
      this.#context.findings.refuse(
        ['services', key],
        `the TCP middleware ${name} is not made here`,
        'Write it as a MiddlewareTCP of Traefik, beside the stack.',
      )
  }

  #read(
    name: string,
    labels: Options,
    service: CanonicalService,
    key: string,
    backendOf: (name: string) => ErrorPages | string,
  ): void {
    const { findings } = this.#context
    const readings = readMiddleware(labels)
    const [reading] = readings
    const at = (option: string) => labelPath(service, key, `traefik.http.middlewares.${name}.${option}`)
    for (const option of readings.flatMap(({ unknown }) => unknown))
      findings.refuse(
        at(option),
        `the middleware ${name} has ${option}, which is not known here`,
        'Write it as a Middleware of Traefik, beside the stack, and leave its labels out.',
      )
    if (reading === undefined || readings.length > 1) {
      findings.refuse(
        at([...labels.keys()][0] ?? ''),
        `the middleware ${name} is not of one kind`,
        'Give each kind a name of its own.',
      )
      return
    }
    if (reading.unknown.length > 0) return
    const first = at([...labels.keys()][0] ?? '')
    if (reading.kind !== 'errors') {
      this.#keep(name, reading.kind, reading.options, first)
      return
    }
    const pages = backendOf(String(reading.options['service'] ?? ''))
    if (typeof pages !== 'string') this.#keep(name, 'errors', { ...reading.options, service: pages }, first)
    else
      findings.refuse(
        at('errors.service'),
        `${pages} for the pages of the middleware ${name}`,
        'Name a service whose labels are here, and write its traefik.http.services.NAME.loadbalancer.server.port.',
      )
  }

  /**
   * Makes a middleware for the labels of Traefik 1, as the options are in those of Traefik 3. Its name is none that a label
   * of Traefik 2 has by chance.
   */
  make(
    name: string,
    kind: string,
    options: Readonly<Record<string, unknown>>,
    at: Path,
  ): MiddlewareReference {
    return this.#keep(`${name}${OLD_SUFFIX}`, kind, options, at)
  }

  /** One name is one middleware: of two that differ neither may take the other's place unseen. */
  #keep(
    name: string,
    kind: string,
    options: Readonly<Record<string, unknown>>,
    at: Path,
  ): MiddlewareReference {
    const own = dnsName(name, this.#context.digest)
    const { middlewares } = options
    const chain =
      kind === 'chain' && Array.isArray(middlewares)
        ? middlewares.map((one) => this.#named(String(one)))
        : undefined
    // The users of an authentication go into a Secret.
    const made = { name: own, chain, spec: { [kind]: this.#spec(name, kind, options, chain ?? [], at) } }
    const other = this.#made.get(name)
    if (other !== undefined && JSON.stringify(other.spec) !== JSON.stringify(made.spec))
      this.#context.findings.refuse(
        at,
        `there are two middlewares ${name}, which are not the same`,
        'Give each a name of its own.',
      )
    this.#made.set(name, made)
    return { name: own }
  }

  #spec(
    name: string,
    kind: string,
    options: Readonly<Record<string, unknown>>,
    chain: readonly MiddlewareReference[],
    at: Path,
  ): object {
    const { users, address, ...rest } = options
    if (kind === 'basicAuth' || kind === 'digestAuth') {
      const lines = Array.isArray(users) ? users.join('\n') : ''
      return { secret: this.#shelf.keepVariables(`${name}-users`, [[this.#usersKey, `${lines}\n`]]), ...rest }
    }
    if (kind === 'forwardAuth') return { address: this.#inCluster(String(address ?? ''), at), ...rest }
    if (kind === 'chain') return { middlewares: chain }
    return options
  }

  /** How the controller calls the file of users in a Secret. */
  get #usersKey(): string {
    return this.#context.options.ingress === 'traefik' ? 'users' : 'auth'
  }

  /** Traefik asks from its own namespace, where the names of this stack do not resolve. */
  #inCluster(address: string, at: Path): string {
    const { names, namespace, findings, stackName } = this.#context
    const asked = askedHost(address)
    const found = asked && names.find(asked.host)
    const inside = found && `${found.name}.${namespace}.svc.cluster.local`
    if (inside) return address.replace(/^(https?:\/\/)[^/:?#]+/i, (_, scheme: string) => `${scheme}${inside}`)
    if (asked && !asked.host.includes('.'))
      findings.warn(
        at,
        `${asked.host} is no service of ${stackName}: the ingress controller, which asks it, finds no such name`,
        `Write where it is: http://${asked.host}.NAMESPACE.svc.cluster.local.`,
      )
    return address
  }

  /** Those that a router names, redirections first: who is sent elsewhere is asked nothing before. */
  references(text: string | undefined): MiddlewareReference[] {
    return this.redirectsFirst(listOf(text).map((name) => this.#named(name)))
  }

  redirectsFirst(all: readonly MiddlewareReference[]): MiddlewareReference[] {
    return [...all.filter((one) => this.redirects(one)), ...all.filter((one) => !this.redirects(one))]
  }

  /** Whether it only sends elsewhere. Of others than the stack's own nobody knows. */
  redirects(reference: MiddlewareReference): boolean {
    const spec = this.#find(reference)?.spec ?? {}
    return 'redirectScheme' in spec || 'redirectRegex' in spec
  }

  /**
   * Whether it lets only some in: itself, or what it is a chain of. Of others than the stack's own the name tells: until
   * somebody makes it, Traefik does not serve the route, and what is called `forward-auth` is made to ask.
   */
  guards(reference: MiddlewareReference, seen: readonly string[] = []): boolean {
    const found = this.#find(reference)
    if (found === undefined) return reference.namespace === undefined && isGuardName(reference.name)
    if (seen.includes(found.name)) return false
    return (
      GUARDS.some((kind) => kind in found.spec) ||
      (found.chain ?? []).some((one) => this.guards(one, [...seen, found.name]))
    )
  }

  #find({ name, namespace }: MiddlewareReference): Middleware | undefined {
    return namespace === undefined ? this.all.find((one) => one.name === name) : undefined
  }

  #named(written: string): MiddlewareReference {
    const { digest } = this.#context
    const [name = '', provider] = written.split(/@(.*)/s)
    // What another provider has is never the stack's own, though it be called the same.
    const isOwn = provider === undefined || isOwnProvider(provider)
    const own = dnsName(!isOwn && this.#defined.has(name) ? written : name, digest)
    if (!isOwn || !this.#defined.has(name)) this.#missing.add(own)
    return { name: own }
  }

  /** Says which are not made here. A router without one of its middlewares is not served: nothing is lost unseen. */
  tellMissing(): void {
    const { findings, namespace, options } = this.#context
    if (options.ingress !== 'traefik') return
    for (const name of [...this.#missing].toSorted())
      findings.warn(
        ['services'],
        `the middleware ${name} is not the stack's own, and has to be in the namespace ${namespace}`,
        'Until it is there, Traefik does not serve what asks for it.',
      )
  }
}

/** Whom a forward auth asks. */
export function askedHost(address: string): { readonly host: string; readonly port: number } | undefined {
  const [, scheme, host, port] = /^(https?):\/\/([^/:?#]+)(?::(\d{1,5}))?/i.exec(address) ?? []
  if (scheme === undefined || host === undefined) return undefined
  return { host, port: Number(port ?? (scheme.toLowerCase() === 'https' ? 443 : 80)) }
}

/** Behind the name of what the labels of Traefik 1 make. */
const OLD_SUFFIX = '-traefik1'

/** What asks who somebody is, or where they come from. */
/** Not `no-auth`, nor what goes with one: `auth-errors`, `auth-headers`. */
function isGuardName(name: string): boolean {
  const isNone = /(^|-)(no|non|un|skip|without)-?auth|author(?!iz)|error|header|redirect/.test(name)
  return /auth|login|(^|-)sso(-|$)/.test(name) && !isNone
}
const GUARDS = ['basicAuth', 'digestAuth', 'forwardAuth', 'ipAllowList']
