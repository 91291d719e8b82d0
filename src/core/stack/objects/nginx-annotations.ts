import type { PortableRoute } from '../model/service-model.ts'

/** What a route asks of ingress-nginx: https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/annotations/ */
export function nginxAnnotations(route: PortableRoute): Record<string, string> {
  const { tls, redirect, strip, basic, ask, allow, secure, sticky } = route
  return prefixed('nginx.ingress.kubernetes.io/', {
    'ssl-redirect': tls ? String(redirect) : undefined,
    'auth-type': basic && 'basic',
    'auth-secret': basic?.secret,
    'auth-realm': basic?.realm,
    'auth-url': ask?.url,
    'auth-signin': ask?.signIn,
    'auth-response-headers': ask?.headers.join(',') || undefined,
    'whitelist-source-range': allow.join(',') || undefined,
    'use-regex': strip === undefined ? undefined : 'true',
    'rewrite-target': strip === undefined ? undefined : '/$2',
    'backend-protocol': secure ? 'HTTPS' : undefined,
    affinity: sticky ? 'cookie' : undefined,
  })
}

export function prefixed(
  prefix: string,
  annotations: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(annotations).flatMap(([key, value]) =>
      value === undefined ? [] : [[`${prefix}${key}`, value]],
    ),
  )
}
