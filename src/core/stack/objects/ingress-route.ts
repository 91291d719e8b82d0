import type { Route } from '../model/service-model.ts'
import type { RoutePlace } from './ingress.ts'
import { stackLabels } from './labels.ts'
import { type KubernetesObject, some } from './object.ts'

/** A route as Traefik's own object. */
export function ingressRoute(
  name: string,
  route: Route,
  { model, options, serviceName }: RoutePlace,
): KubernetesObject {
  const { namespace } = model
  const { protocol, match, port, tls } = route
  const kind = { http: 'IngressRoute', tcp: 'IngressRouteTCP', udp: 'IngressRouteUDP' }[protocol]
  const service = { name: serviceName(route), port }
  const routes =
    protocol === 'http'
      ? {
          kind: 'Rule',
          match,
          priority: route.rank,
          middlewares: some(route.middlewares),
          services: [httpService(route, service)],
        }
      : {
          match: protocol === 'tcp' ? match : undefined,
          priority: protocol === 'tcp' ? route.priority : undefined,
          services: [service],
        }
  return {
    apiVersion: 'traefik.io/v1alpha1',
    kind,
    metadata: {
      name,
      namespace,
      labels: stackLabels(namespace),
      annotations: options.ingressClass ? { 'kubernetes.io/ingress.class': options.ingressClass } : undefined,
    },
    spec: {
      entryPoints: some(route.entryPoints),
      routes: [routes],
      tls: tls && { certResolver: tls.resolver, passthrough: tls.passthrough || undefined },
    },
  }
}

function httpService({ scheme, sticky }: Route, service: object): object {
  return { ...service, scheme, sticky: sticky ? { cookie: {} } : undefined }
}
