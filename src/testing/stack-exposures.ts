import type { KubernetesObject } from '../core/stack/objects/object.ts'

/** A way in from outside, and what whoever comes by it is asked. */
export interface Exposure {
  readonly service: string
  readonly host: string
  readonly path: string
  /** `oauth`, `basic NAME`, `ask URL`, `allow RANGES`, `missing NAME` (then nobody gets in at all). */
  readonly asks: readonly string[]
}

const OAUTH = 'http://oauth2-proxy.homeport.svc.cluster.local:4180/oauth2/auth'

/** The ways in that objects make, whichever controller reads them. */
export function exposures(objects: readonly KubernetesObject[]): Exposure[] {
  const book = new Map(
    objects.filter(({ kind }) => kind === 'Middleware').map((one) => [one.metadata.name, one]),
  )
  return objects.flatMap((object) => {
    if (object.kind === 'Ingress') return ofIngress(object, book)
    return object.kind === 'IngressRoute' ? ofIngressRoute(object, book) : []
  })
}

type Book = ReadonlyMap<string, KubernetesObject>

function ofIngress(object: KubernetesObject, book: Book): Exposure[] {
  const { annotations = {}, namespace } = object.metadata
  const traefik = (annotations['traefik.ingress.kubernetes.io/router.middlewares'] ?? '')
    .split(',')
    .filter((name) => name !== '')
    .flatMap((name) => {
      const own = name.replace(/@kubernetescrd$/, '').replace(`${namespace}-`, '')
      return asksOf(own, own === 'homeport-oauth' ? 'homeport' : undefined, book)
    })
  const others = Object.entries(annotations).flatMap(([key, value]) => annotationAsks(key, value))
  return list(at(object, 'spec', 'rules')).flatMap((rule) =>
    list(at(rule, 'http', 'paths')).map((path) => ({
      service: text(at(path, 'backend', 'service', 'name')),
      host: text(at(rule, 'host')),
      // What ingress-nginx strips is matched by a regular expression.
      path: text(at(path, 'path')).replace('(/|$)(.*)', '') || '/',
      asks: [...traefik, ...others],
    })),
  )
}

function annotationAsks(key: string, value: string): string[] {
  if (/\/auth-url$/.test(key)) return [value === OAUTH ? 'oauth' : `ask ${value}`]
  if (/\/auth-secret$/.test(key)) return [basic(value)]
  return /\/(white|allow)list-source-range$/.test(key) ? [`allow ${value}`] : []
}

function ofIngressRoute(object: KubernetesObject, book: Book): Exposure[] {
  return list(at(object, 'spec', 'routes')).flatMap((route) => {
    const asks = list(at(route, 'middlewares')).flatMap((one) =>
      asksOf(text(at(one, 'name')), text(at(one, 'namespace')) || undefined, book),
    )
    const match = text(at(route, 'match'))
    const [, host = ''] = /^Host\(`([^`]*)`\)/.exec(match) ?? []
    const [, path = '/'] = /PathPrefix\(`([^`]*)`\)/.exec(match) ?? []
    return list(at(route, 'services')).map((service) => ({
      service: text(at(service, 'name')),
      host,
      path,
      asks,
    }))
  })
}

/** What a middleware of Traefik asks; a chain asks all that is in it. */
function asksOf(name: string, namespace: string | undefined, book: Book): string[] {
  if (namespace === 'homeport') return ['oauth']
  const spec = book.get(name)?.['spec']
  if (spec === undefined) return [`missing ${name}`]
  const secret = text(at(spec, 'basicAuth', 'secret'))
  const address = text(at(spec, 'forwardAuth', 'address'))
  const ranges = list(at(spec, 'ipAllowList', 'sourceRange')).map(text)
  return [
    ...(secret ? [basic(secret)] : []),
    ...(address ? [`ask ${address}`] : []),
    ...(ranges.length > 0 ? [`allow ${ranges.join(',')}`] : []),
    ...list(at(spec, 'chain', 'middlewares')).flatMap((one) =>
      asksOf(text(at(one, 'name')), text(at(one, 'namespace')) || undefined, book),
    ),
  ]
}

/** The Secrets of users are named after the middleware, which the labels of Traefik 1 do not name. */
function basic(secret: string): string {
  return secret.startsWith('users-') ? 'basic users' : 'basic old'
}

function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value
  for (const key of path) {
    if (typeof here !== 'object' || here === null) return undefined
    const inside: unknown = Reflect.get(here, key)
    here = inside
  }
  return here
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : ''
}
