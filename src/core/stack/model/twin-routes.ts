import type { Path } from '../place.ts'
import type { Findings } from './findings.ts'
import type { HostPath, PortableRoute } from './service-model.ts'

interface Placed {
  readonly route: PortableRoute
  readonly at: Path
  /** Traefik asks the highest first, others the longest path. */
  readonly rank: number
}

/**
 * One path of one host is one route elsewhere. Of Traefik's pairs, one for each entry point, one is left: what only sends to
 * HTTPS is a property of the routes there, and what is the same on both serves both.
 */
export function withoutTwins(routes: readonly Placed[], findings: Findings): PortableRoute[] {
  const made = new Map<string, Placed>()
  const secure = new Set(
    routes.filter(({ route }) => route.tls).flatMap(({ route }) => route.paths.map(({ host }) => host)),
  )
  for (const { route, at, rank } of routes) {
    // It never gets to the service: who guards that is said by the route that does.
    if (route.redirect && !route.tls) {
      if (!route.paths.every(({ host }) => secure.has(host)))
        findings.refuse(
          at,
          `the route ${route.name} sends to HTTPS, where nothing is`,
          'Write a router with TLS for the same host.',
        )
      continue
    }
    const key = JSON.stringify(route.paths.map(({ host, path, exact }) => [host, path, exact]).toSorted())
    const twin = made.get(key)
    if (twin === undefined) made.set(key, { route: { ...route, redirect: route.tls }, at, rank })
    else if (sameButTls(twin.route, route))
      made.set(key, { route: { ...twin.route, tls: twin.route.tls || route.tls, redirect: false }, at, rank })
    else refuseTwin(route, at, findings)
  }
  refuseOverlaps([...made.values()], findings)
  refuseOvertaken([...made.values()], findings)
  return [...made.values()].map(({ route }) => route)
}

function sameButTls(a: PortableRoute, b: PortableRoute): boolean {
  const rest = (route: PortableRoute) => JSON.stringify({ ...route, name: '', tls: false, redirect: false })
  return rest(a) === rest(b)
}

function refuseOverlaps(routes: readonly Placed[], findings: Findings): void {
  const taken = new Set<string>()
  for (const { route, at } of routes) {
    const paths = new Set(route.paths.map(({ host, path }) => `${host}${path}`))
    if ([...paths].some((path) => taken.has(path))) refuseTwin(route, at, findings)
    for (const path of paths) taken.add(path)
  }
}

/** Of a short path that Traefik asks before a longer one, the guards are lost where the longest path counts. */
function refuseOvertaken(routes: readonly Placed[], findings: Findings): void {
  for (const { route, at, rank } of routes) {
    const first = routes.find(
      (other) =>
        other.rank > rank &&
        route.paths.some((path) => other.route.paths.some((wide) => isWithin(path, wide))) &&
        !asksAsMuch(route, other.route),
    )
    if (first !== undefined)
      findings.refuse(
        at,
        `the route ${route.name} is within ${first.route.name}, which Traefik asks first, and which is guarded otherwise`,
        'Guard both alike, or choose --ingress traefik.',
      )
  }
}

function isWithin(one: HostPath, wide: HostPath): boolean {
  return (
    one.host === wide.host &&
    one.path !== wide.path &&
    !wide.exact &&
    one.path.startsWith(wide.path.replace(/\/*$/, '/'))
  )
}

function asksAsMuch(one: PortableRoute, other: PortableRoute): boolean {
  const guards = ({ basic, ask, allow }: PortableRoute) => [basic, ask, allow.length > 0 ? allow : undefined]
  const own = guards(one).map((guard) => JSON.stringify(guard))
  return guards(other).every((guard, index) => guard === undefined || JSON.stringify(guard) === own[index])
}

function refuseTwin({ name }: PortableRoute, at: Path, findings: Findings): void {
  findings.refuse(
    at,
    `the route ${name} has the host and path of another, and is not the same otherwise`,
    'Keep one of the two, or choose --ingress traefik.',
  )
}
