import type { StackContext } from './context.ts'
import { AUTH } from './label-names.ts'
import { effectOf } from './portable-middleware.ts'
import type { MiddlewareReference, PortableRoute, Route, ServiceModel } from './service-model.ts'
import type { Middleware } from './stack-model.ts'
import { withoutTwins } from './twin-routes.ts'

/** A chain of chains is longer than anybody writes. */
const DEEPEST = 10

/** The routes of a stack where the controller is not Traefik. What only Traefik can do is refused, who guards first of all. */
export function portableRoutes(
  services: readonly ServiceModel[],
  middlewares: readonly Middleware[],
  context: StackContext,
): PortableRoute[] {
  const { options, findings } = context
  const routes = services.flatMap((service) => service.routes)
  if (options.ingress === 'traefik') return []
  if (options.ingress === 'none') {
    for (const { name, at } of routes)
      findings.warn(at, `the route ${name} is left out: there is no ingress controller`, 'Choose --ingress.')
    return []
  }
  const book = new Map(middlewares.map((one) => [one.name, one]))
  const read = routes.flatMap((route) => {
    const portable = readRoute(route, book, context)
    return portable ? [{ route: portable, at: route.at, rank: route.rank }] : []
  })
  return withoutTwins(read, findings)
}

function readRoute(
  route: Route,
  book: ReadonlyMap<string, Middleware>,
  { options, findings }: StackContext,
): PortableRoute | undefined {
  const { name, at, plain = [] } = route
  const reasons = traefikOnly(route)
  let made: PortableRoute = {
    name,
    service: route.service,
    port: route.port,
    paths: plain,
    tls: route.tls !== undefined,
    redirect: false,
    allow: [],
    secure: route.scheme === 'https',
    sticky: route.sticky,
  }
  for (const reference of route.middlewares.flatMap((one) => expanded(one, book, 0))) {
    const { namespace, name: called } = options.oauth
    if (reference.namespace === namespace && reference.name === called) {
      if (made.ask)
        reasons.push(
          `two authentications cannot be asked: write the label ${AUTH}: app where its own is enough`,
        )
      made = { ...made, ask: oauth(options) }
      continue
    }
    const middleware = book.get(reference.name)
    const effect = middleware
      ? effectOf(middleware)
      : { refused: `the middleware ${reference.name} is not the stack's own` }
    if ('refused' in effect) reasons.push(effect.refused)
    else if (effect.ask && made.ask)
      reasons.push(
        `two authentications cannot be asked: write the label ${AUTH}: app where its own is enough`,
      )
    else if (effect.allow && made.allow.length > 0) reasons.push('two lists of clients cannot be joined')
    else if (effect.basic && made.basic) reasons.push('two lists of users cannot be joined')
    else made = { ...made, ...effect }
  }
  if (
    made.strip !== undefined &&
    !plain.every(({ path, exact }) => path.replace(/\/+$/, '') === made.strip && !exact)
  )
    reasons.push('what is stripped is not the path of the route')
  for (const reason of new Set(reasons))
    findings.refuse(
      at,
      `the route ${name}: ${reason}`,
      'Have the application do it, or choose --ingress traefik.',
    )
  return reasons.length > 0 ? undefined : made
}

function oauth({ oauthUrl, oauthSignIn }: StackContext['options']): PortableRoute['ask'] {
  return { url: oauthUrl, signIn: oauthSignIn, headers: ['X-Auth-Request-User', 'X-Auth-Request-Email'] }
}

/** What of a route, beside its middlewares, no other controller does. */
function traefikOnly({ protocol, plain, priority, scheme, tls }: Route): string[] {
  if (protocol !== 'http')
    return ['only HTTP comes through this ingress controller; publish the port instead']
  return [
    ...(plain?.length ? [] : ["its rule is more than hosts and paths, which is Traefik's own"]),
    ...(priority === undefined ? [] : ["priorities are Traefik's own: the longest path counts"]),
    ...(scheme === undefined || /^https?$/.test(scheme) ? [] : [`the scheme ${scheme} is Traefik's own`]),
    ...(tls?.passthrough ? ["passing TLS through is Traefik's own"] : []),
  ]
}

/** A chain stands for what is in it. */
function expanded(
  reference: MiddlewareReference,
  book: ReadonlyMap<string, Middleware>,
  depth: number,
): MiddlewareReference[] {
  const chain = reference.namespace === undefined ? book.get(reference.name)?.chain : undefined
  if (chain === undefined || depth > DEEPEST) return [reference]
  return chain.flatMap((one) => expanded(one, book, depth + 1))
}
