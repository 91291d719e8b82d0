import type { StackOptions } from '../model/options.ts'
import type { MiddlewareReference, Route, ServiceModel } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type Digest, freeName } from '../names.ts'
import { ingressRoute } from './ingress-route.ts'
import { ingressRules, pathType } from './ingress-rules.ts'
import { stackLabels } from './labels.ts'
import { type KubernetesObject, some } from './object.ts'
import { portableIngresses } from './portable-ingress.ts'

/** What every route has around it. */
export interface RoutePlace {
  readonly model: StackModel
  readonly options: StackOptions
  /** The name of the Service that a route leads to. */
  serviceName(route: Route): string
}

/** The ways in: objects that every controller knows where they suffice, Traefik's own where they don't. */
export function ingresses(model: StackModel, options: StackOptions, digest: Digest): KubernetesObject[] {
  if (options.ingress !== 'traefik') return portableIngresses(model, options, digest)
  const byKey = new Map<string, ServiceModel>(model.services.map((service) => [service.key, service]))
  const place = { model, options, serviceName: ({ service }: Route) => byKey.get(service)?.name ?? service }
  const taken = new Set<string>()
  return model.services.flatMap(({ routes }) =>
    routes.map((route) => {
      const name = freeName(route.name, taken, digest)
      return suffices(route, options) ? ingress(name, route, place) : ingressRoute(name, route, place)
    }),
  )
}

/** Hosts and paths, and who somebody is, can be said in an annotation. */
function suffices(
  { plain, priority, scheme, sticky, middlewares, tls }: Route,
  { oauth }: StackOptions,
): boolean {
  const others = middlewares.some((one) => !isOauth(one, oauth))
  return (
    plain !== undefined &&
    plain.length > 0 &&
    priority === undefined &&
    scheme === undefined &&
    !sticky &&
    !others &&
    !tls?.passthrough
  )
}

function isOauth({ name, namespace }: MiddlewareReference, oauth: StackOptions['oauth']): boolean {
  return name === oauth.name && namespace === oauth.namespace
}

function ingress(name: string, route: Route, { model, options, serviceName }: RoutePlace): KubernetesObject {
  const { namespace } = model
  const { plain = [], middlewares, tls, entryPoints } = route
  const option = (key: string, value: string) => ({ [`traefik.ingress.kubernetes.io/router.${key}`]: value })
  const used = middlewares.map((one) => `${one.namespace ?? namespace}-${one.name}@kubernetescrd`)
  const annotations = {
    // Else it were the length of the rule that Traefik makes of the Ingress, which is longer than the one that was written.
    ...option('priority', String(route.rank)),
    ...(entryPoints.length > 0 && option('entrypoints', entryPoints.join(','))),
    ...(used.length > 0 && option('middlewares', used.join(','))),
    ...(tls && option('tls', 'true')),
    ...(tls?.resolver && option('tls.certresolver', tls.resolver)),
  }
  const hosts = [...new Set(plain.map(({ host }) => host))]
  const backend = { service: { name: serviceName(route), port: { number: route.port } } }
  const rules = ingressRules(plain, (one) => ({ path: one.path, pathType: pathType(one), backend }))
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace, labels: stackLabels(namespace), annotations: some(annotations) },
    spec: { ingressClassName: options.ingressClass, tls: tls ? [{ hosts }] : undefined, rules },
  }
}
