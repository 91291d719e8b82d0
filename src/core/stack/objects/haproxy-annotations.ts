import type { PortableRoute } from '../model/service-model.ts'
import { prefixed } from './nginx-annotations.ts'

/** What a route asks of HAProxy Ingress: https://haproxy-ingress.github.io/docs/configuration/keys/ */
export function haproxyAnnotations(route: PortableRoute): Record<string, string> {
  const { tls, redirect, strip, basic, ask, allow, secure, sticky } = route
  return prefixed('haproxy-ingress.github.io/', {
    'ssl-redirect': tls ? String(redirect) : undefined,
    'auth-secret': basic?.secret,
    'auth-realm': basic?.realm,
    'auth-url': ask?.url,
    'auth-signin': ask?.signIn,
    'auth-headers-succeed': ask?.headers.join(',') || undefined,
    'allowlist-source-range': allow.join(',') || undefined,
    'rewrite-target': strip === undefined ? undefined : '/',
    'backend-protocol': secure ? 'h1-ssl' : undefined,
    affinity: sticky ? 'cookie' : undefined,
  })
}
