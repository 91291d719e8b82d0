import type { StackOptions } from '../model/options.ts'
import type { HostPath, PortableRoute } from '../model/service-model.ts'
import type { StackModel } from '../model/stack-model.ts'
import { type Digest, dnsName, freeName } from '../names.ts'
import { haproxyAnnotations } from './haproxy-annotations.ts'
import { ingressRules, pathType } from './ingress-rules.ts'
import { stackLabels } from './labels.ts'
import { nginxAnnotations } from './nginx-annotations.ts'
import { type KubernetesObject, some } from './object.ts'

/** Routes as plain Ingress objects, with the annotations of the controller that is there. */
export function portableIngresses(
  { portable, services, namespace }: StackModel,
  options: StackOptions,
  digest: Digest,
): KubernetesObject[] {
  const names = new Map(services.map(({ key, name }) => [key, name]))
  const taken = new Set<string>()
  return portable.map((route) => {
    const name = freeName(route.name, taken, digest)
    const backend = {
      service: { name: names.get(route.service) ?? route.service, port: { number: route.port } },
    }
    const { clusterIssuer, ingressClass, ingress } = options
    const own = ingress === 'nginx' ? nginxAnnotations(route) : haproxyAnnotations(route)
    const annotations = {
      ...own,
      ...(route.tls && clusterIssuer && { 'cert-manager.io/cluster-issuer': clusterIssuer }),
    }
    const hosts = [...new Set(route.paths.map(({ host }) => host))]
    // Without a Secret it is the controller's own certificate.
    const secretName = clusterIssuer && dnsName(`${name}-tls`, digest)
    const path = (one: HostPath) => ({ ...pathOf(one, route, ingress), backend })
    return {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: { name, namespace, labels: stackLabels(namespace), annotations: some(annotations) },
      spec: {
        ingressClassName: ingressClass ?? ingress,
        tls: route.tls ? [{ hosts, secretName }] : undefined,
        rules: ingressRules(route.paths, path),
      },
    }
  })
}

/** What ingress-nginx rewrites it matches by a regular expression: the second group is what is left of the path. */
function pathOf(one: HostPath, { strip }: PortableRoute, ingress: StackOptions['ingress']): object {
  if (strip === undefined || ingress !== 'nginx') return { path: one.path, pathType: pathType(one) }
  const prefix = strip.replace(/[.+*?^$()|[\]\\{}]/g, '\\$&')
  return { path: `${prefix}(/|$)(.*)`, pathType: 'ImplementationSpecific' }
}
