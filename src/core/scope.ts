import type { Protocol } from '../wire/names.ts'
import type { Scope } from '../wire/token.ts'
import type { Address } from './address/address.ts'
import { inRange, parseRange, type Range, rangeWithin } from './address/range.ts'
import { type PortRange, parsePortRange, portsWithin } from './port-range.ts'

/** What one claim asks of the token that makes it. */
export interface Wish {
  readonly cluster: string
  readonly namespace: string
  readonly port: number
  readonly protocol: Protocol
  /** Where it forwards to. */
  readonly backends: readonly Address[]
}

interface ParsedScope {
  readonly ports: readonly PortRange[]
  readonly backends: readonly Range[]
  /** The ranges as refusals name them. */
  readonly backendsText: string
}

/** Scopes never change, so each is parsed once: a document may hold ten thousand claims. */
const parsed = new WeakMap<Scope, ParsedScope>()

function parse(scope: Scope): ParsedScope {
  const known = parsed.get(scope)
  if (known) return known
  const result = {
    ports: (scope.ports ?? []).flatMap((text) => parsePortRange(text) ?? []),
    backends: (scope.backends ?? []).flatMap((text) => parseRange(text) ?? []),
    backendsText: list(scope.backends ?? []),
  }
  parsed.set(scope, result)
  return result
}

/**
 * What a scope lacks for a claim, one text each, naming both sides; nothing when it opens it. Looked for as it is asked
 * for: a claim has hundreds of backends, and few of them are worth words.
 */
export function* outsideScope(scope: Scope, wish: Wish): Generator<string, void, undefined> {
  const { ports, backends, backendsText } = parse(scope)
  const cluster = lacksCluster(scope, wish.cluster)
  if (cluster) yield cluster
  if (scope.namespaces && !scope.namespaces.includes(wish.namespace)) {
    yield `namespace ${wish.namespace} is not in ${list(scope.namespaces)}`
  }
  if (scope.ports && !ports.some(({ low, high }) => low <= wish.port && wish.port <= high)) {
    yield `port ${wish.port} is not in ${list(scope.ports)}`
  }
  if (scope.protocols && !scope.protocols.includes(wish.protocol)) {
    yield `protocol ${wish.protocol} is not in ${list(scope.protocols)}`
  }
  if (scope.backends) {
    for (const address of wish.backends) {
      if (!backends.some((range) => inRange(range, address))) {
        yield `backend ${address.text} is not in ${backendsText}`
      }
    }
  }
}

/** Why a scope does not open a cluster; undefined when it does. */
export function lacksCluster(scope: Scope, cluster: string): string | undefined {
  if (!scope.clusters || scope.clusters.includes(cluster)) return undefined
  return `cluster ${cluster} is not in ${list(scope.clusters)}`
}

/** What a scope says that means nothing: one fault each, with its JSON pointer within the scope. */
export function scopeFaults(scope: Scope): { readonly path: string; readonly message: string }[] {
  const ports = (scope.ports ?? []).map((text, at) => ({
    path: `/ports/${at}`,
    message: parsePortRange(text)
      ? ''
      : `${JSON.stringify(text)} is no port or range: 1 to 65535, the lower first`,
  }))
  const backends = (scope.backends ?? []).map((text, at) => ({
    path: `/backends/${at}`,
    message: parseRange(text) ? '' : `${JSON.stringify(text)} is no address range such as 192.0.2.0/24`,
  }))
  return [...ports, ...backends].filter(({ message }) => message !== '')
}

/**
 * What `inner` would open that `outer` does not, one text each: nobody gives away more than they have. Both are valid
 * scopes.
 */
export function widerThan(inner: Scope, outer: Scope): string[] {
  const { ports, backends } = parse(outer)
  const lacks: string[] = []
  const within = <T>(
    name: string,
    some: readonly T[] | undefined,
    all: readonly T[] | undefined,
    has: (item: T) => boolean,
  ) => {
    if (!all) return
    const beyond = some?.filter((item) => !has(item))
    if (!beyond) lacks.push(`all ${name} is more than ${list(all)}`)
    else if (beyond.length > 0) lacks.push(`${name} ${list(beyond)} is more than ${list(all)}`)
  }
  if (inner.role === 'admin' && outer.role !== 'admin') lacks.push('role admin is more than phone')
  within('clusters', inner.clusters, outer.clusters, (name) => outer.clusters?.includes(name) ?? true)
  within('namespaces', inner.namespaces, outer.namespaces, (name) => outer.namespaces?.includes(name) ?? true)
  within('protocols', inner.protocols, outer.protocols, (name) => outer.protocols?.includes(name) ?? true)
  within('ports', inner.ports, outer.ports, (text) => {
    const range = parsePortRange(text)
    return range !== undefined && portsWithin(range, ports)
  })
  within('backends', inner.backends, outer.backends, (text) => {
    const range = parseRange(text)
    return range !== undefined && backends.some((wide) => rangeWithin(range, wide))
  })
  return lacks
}

function list(items: readonly unknown[]): string {
  return items.join(', ')
}
