import type { Protocol } from '../wire/names.ts'
import type { Scope } from '../wire/token.ts'
import { inRange, parseRange } from './address/range.ts'

/** What a claim asks of a token. */
export interface Wanted {
  readonly cluster: string
  readonly namespace: string
  readonly port: number
  readonly protocol: Protocol
  /** Addresses to forward to, canonical. */
  readonly backends: readonly string[]
}

/** Everything that a scope lacks for a claim, each by name; empty when it opens all of it. */
export function outsideScope(scope: Scope, wanted: Wanted): string[] {
  const { namespaces, ports, protocols } = scope
  const { cluster, namespace, port, protocol } = wanted
  const cells = [
    lacksCluster(scope, cluster),
    lack('namespace', namespace, namespaces, (name) => name === namespace),
    lack('port', String(port), ports, (range) => inPortRange(range, port)),
    lack('protocol', protocol, protocols, (name) => name === protocol),
    ...wanted.backends.map((address) => lacksBackend(scope, address)),
  ]
  return cells.filter((text) => text !== undefined)
}

/** Why a scope does not open a cluster, or undefined where it does. */
export function lacksCluster({ clusters }: Scope, cluster: string): string | undefined {
  return lack('cluster', cluster, clusters, (name) => name === cluster)
}

function lacksBackend({ backends }: Scope, address: string): string | undefined {
  return lack('backend', address, backends, (text) => {
    const range = parseRange(text)
    return range !== undefined && inRange(range, address)
  })
}

/** A list that is left out opens all. */
function lack(
  what: string,
  value: string,
  opened: readonly string[] | undefined,
  opens: (entry: string) => boolean,
): string | undefined {
  if (opened === undefined || opened.some(opens)) return undefined
  return `the token opens ${what} ${opened.join(', ')}, not ${value}`
}

function inPortRange(text: string, port: number): boolean {
  const [low = '', high = low] = text.split('-')
  return Number(low) <= port && port <= Number(high)
}

/** Every fault of a scope that its schema does not see. */
export function scopeFaults({ ports = [], backends = [] }: Scope): { path: string; message: string }[] {
  return [
    ...ports.flatMap((text, index) => {
      const [low = Number.NaN, high = low] = text.split('-').map(Number)
      const right = 1 <= low && low <= high && high <= 65535
      return right ? [] : [{ path: `/scope/ports/${index}`, message: `${text} is no port or range of ports` }]
    }),
    ...backends.flatMap((text, index) =>
      parseRange(text) ? [] : [{ path: `/scope/backends/${index}`, message: 'is no address range' }],
    ),
  ]
}
