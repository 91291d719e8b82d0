import type { CanonicalStack } from '../canonical.ts'
import { type Digest, dnsName, freeName } from '../names.ts'
import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import { type NamePlace, namePlace, type TextKind } from './name-place.ts'

/** Room for what is put behind the name of a service: `-published`. */
const LONGEST = 52

/** How the names that resolve in Swarm are called in Kubernetes. */
export class ServiceNames {
  /** The services whose tasks somebody asks for one by one (`tasks.web`), and the name of the headless Service for that. */
  readonly tasksOf = new Map<string, string>()
  /** Keys of services whose name is in a text of another. */
  readonly named = new Set<string>()
  /** Ports of services that somebody names (`db:5432`), by the service's key. */
  readonly portsOf = new Map<string, Set<number>>()
  /** Ports of the URLs that name services and no port (`http://web`), by the service's key. */
  readonly schemePortsOf = new Map<string, Set<number>>()
  /** Where services are first named as hosts and nothing says at which port, by the service's key. */
  readonly portlessAt = new Map<string, Path>()
  readonly #names = new Map<string, string>()
  /** Everything that resolves in Swarm: to the service's key where it is one's name, and what it is called here. */
  readonly #hosts = new Map<string, { readonly key?: string; readonly name: string; readonly tasks?: true }>()

  constructor(stackName: string, stack: CanonicalStack, digest: Digest) {
    for (const [key, service] of stack.services) {
      for (const attachment of service.networks.values()) {
        for (const alias of attachment?.aliases ?? [])
          this.#hosts.set(alias, { key, name: aliasName(alias, digest) })
      }
    }
    for (const key of stack.services.keys()) this.#names.set(key, dnsName(key, digest, LONGEST))
    const taken = new Set([...this.#names.values(), ...[...this.#hosts.values()].map(({ name }) => name)])
    for (const [key, name] of this.#names) {
      const tasks = freeName(`${name}-tasks`, taken, digest)
      for (const host of [key, `${stackName}_${key}`]) {
        this.#hosts.set(host, { key, name })
        this.#hosts.set(`tasks.${host}`, { key, name: tasks, tasks: true })
      }
    }
  }

  /** The name of a service's objects. */
  of(key: string): string {
    return this.#names.get(key) ?? key
  }

  /** The service that a host is the name of, and what the host is called here. */
  find(host: string): { readonly key: string; readonly name: string } | undefined {
    const { key, name = host } = this.#hosts.get(host) ?? {}
    return key === undefined ? undefined : { key, name }
  }

  /**
   * A text with the names in it that Kubernetes calls otherwise, where they stand as names of hosts. Notes which ports and
   * tasks of services it speaks of. Who logs in may be called as the host is, and a secret may look like anything: of that
   * only the hosts of URLs are names.
   */
  rewrite(text: string, kind: TextKind, path: Path, findings: Findings): string {
    return text.replace(TOKEN, (token: string, offset: number) => {
      const host = this.#hosts.get(token)
      if (host === undefined) return token
      const place = namePlace(text, offset, token.length)
      const { port, isInUrl } = place
      if (place.isUser) return token
      if (kind === 'secret' && !isInUrl) {
        if (host.name !== token) findings.warn(path, ...UNTOUCHED)
        return token
      }
      if (host.key !== undefined && host.key !== path[1]) this.named.add(host.key)
      const isName =
        host.tasks ||
        port !== undefined ||
        isInUrl ||
        place.isBehindSign ||
        (kind === 'host' && place.isWhole)
      if (host.key !== undefined) {
        this.#note(host.key, place)
        if (host.tasks) this.tasksOf.set(host.key, host.name)
        else if (isName && port === undefined && place.schemePort === undefined && host.key !== path[1])
          this.portlessAt.set(host.key, this.portlessAt.get(host.key) ?? path)
      }
      if (host.name === token) return token
      if (!isName) {
        findings.warn(
          path,
          `${token} may be a word here or the service, and stays`,
          `If it is the service, write ${host.name}.`,
        )
        return token
      }
      findings.warn(path, `the name ${token} cannot be one in Kubernetes: here it becomes ${host.name}`)
      return host.name
    })
  }

  /** A file with them: of names that may be words nothing is said, and of each that is rewritten once. */
  rewriteFile(text: string, path: Path, findings: Findings): string {
    const told = new Set<string>()
    return text.replace(TOKEN, (token: string, offset: number) => {
      const host = this.#hosts.get(token)
      if (host?.key === undefined) return token
      const place = namePlace(text, offset, token.length)
      const isHost = host.tasks === true || place.port !== undefined
      if (!place.isUser) this.#note(host.key, { schemePort: place.schemePort })
      if (!isHost || (!host.tasks && /[\w.@-]$/.test(text.slice(Math.max(0, offset - 1), offset))))
        return token
      this.named.add(host.key)
      this.#note(host.key, place)
      if (host.tasks) this.tasksOf.set(host.key, host.name)
      if (host.name !== token && !told.has(token))
        findings.warn(path, `the name ${token} cannot be one in Kubernetes: here it becomes ${host.name}`)
      told.add(token)
      return host.name
    })
  }

  #note(key: string, { port, schemePort }: Partial<Pick<NamePlace, 'port' | 'schemePort'>>): void {
    if (port !== undefined && 1 <= port && port <= 65535)
      this.portsOf.set(key, (this.portsOf.get(key) ?? new Set()).add(port))
    if (schemePort !== undefined)
      this.schemePortsOf.set(key, (this.schemePortsOf.get(key) ?? new Set()).add(schemePort))
  }
}

/** Without the name: it would be a part of the secret. */
const UNTOUCHED = [
  'the name of a service in it stays, for a secret is not changed',
  'If it is the service, write the name of its Service.',
] as const

/** What could be the name of a host. */
const TOKEN = /[A-Za-z0-9_][A-Za-z0-9_.-]*/g

export function aliasName(alias: string, digest: Digest): string {
  return dnsName(alias, digest)
}
