import type { CanonicalService } from '../../canonical.ts'
import { dnsName } from '../../names.ts'
import type { StackContext } from '../context.ts'
import type { FileShelf } from '../file-objects.ts'
import type { MiddlewareReference } from '../service-model.ts'
import type { Middleware } from '../stack-model.ts'
import { labelPath } from './label-paths.ts'
import type { LabelTree, Options } from './label-tree.ts'
import { listOf } from './label-tree.ts'
import { readMiddleware } from './middleware-forms.ts'

/** The middlewares of a stack. In Swarm those of every stack are one heap; here each stack has its own. */
export class MiddlewareBook {
  readonly #context: StackContext
  readonly #shelf: FileShelf
  readonly #made = new Map<string, Middleware>()
  readonly #missing = new Set<string>()

  constructor(context: StackContext, shelf: FileShelf) {
    this.#context = context
    this.#shelf = shelf
  }

  get all(): Middleware[] {
    return [...this.#made.values()]
  }

  /** Reads those that a service's labels make. */
  read(tree: LabelTree, service: CanonicalService, key: string): void {
    for (const [name, options] of tree.middlewares) this.#read(name, options, service, key)
    for (const name of tree.tcpMiddlewares.keys())
      this.#context.findings.refuse(
        ['services', key],
        `the TCP middleware ${name} is not made here`,
        'Write it as a MiddlewareTCP of Traefik, beside the stack.',
      )
  }

  #read(name: string, labels: Options, service: CanonicalService, key: string): void {
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
    this.make(name, reading.kind, reading.options)
  }

  /** Makes a middleware, as its options are in Traefik's labels: the users of an authentication go into a Secret. */
  make(name: string, kind: string, options: Readonly<Record<string, unknown>>): MiddlewareReference {
    const own = dnsName(name, this.#context.digest)
    const { middlewares } = options
    const chain =
      kind === 'chain' && Array.isArray(middlewares)
        ? middlewares.map((one) => this.#named(String(one)))
        : undefined
    this.#made.set(name, { name: own, chain, spec: { [kind]: this.#spec(name, kind, options, chain) } })
    return { name: own }
  }

  #spec(
    name: string,
    kind: string,
    options: Readonly<Record<string, unknown>>,
    chain: readonly MiddlewareReference[] = [],
  ): object {
    const { users, address, ...rest } = options
    if (kind === 'basicAuth' || kind === 'digestAuth') {
      const lines = Array.isArray(users) ? users.join('\n') : ''
      return { secret: this.#shelf.keepVariables(`${name}-users`, [[this.#usersKey, `${lines}\n`]]), ...rest }
    }
    if (kind === 'forwardAuth') return { address: this.#inCluster(String(address ?? '')), ...rest }
    if (kind === 'chain') return { middlewares: chain }
    return options
  }

  /** How the controller calls the file of users in a Secret. */
  get #usersKey(): string {
    return this.#context.options.ingress === 'traefik' ? 'users' : 'auth'
  }

  /** Traefik asks from its own namespace, where the names of this stack do not resolve. */
  #inCluster(address: string): string {
    return address.replace(/^(https?:\/\/)([^/:?#]+)/, (whole, scheme: string, host: string) => {
      const { names, namespace } = this.#context
      return names.isService(host) ? `${scheme}${names.of(host)}.${namespace}.svc.cluster.local` : whole
    })
  }

  /** Those that a router names, redirections first: who is sent elsewhere is asked nothing before. */
  references(text: string | undefined): MiddlewareReference[] {
    const names = listOf(text)
    const redirects = names.filter((name) => this.#redirects(name))
    return [...redirects, ...names.filter((name) => !this.#redirects(name))].map((name) => this.#named(name))
  }

  /** Whether it only sends elsewhere, as far as it is known. */
  #redirects(name: string): boolean {
    const spec = this.#made.get(bare(name))?.spec
    return spec === undefined ? /redirect/i.test(name) : 'redirectScheme' in spec || 'redirectRegex' in spec
  }

  #named(name: string): MiddlewareReference {
    const own = dnsName(bare(name), this.#context.digest)
    if (!this.#made.has(bare(name))) this.#missing.add(own)
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

/** Without the provider: those of Docker are the stack's own, others are looked for under their names. */
function bare(name: string): string {
  return name.replace(/@.*$/, '')
}
