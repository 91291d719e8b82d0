import type { Route } from '../service-model.ts'

/**
 * A route without TLS of its own: on `websecure` it is the entry point's. A router with TLS answers HTTPS alone, wherever it
 * is (https://doc.traefik.io/traefik/reference/routing-configuration/http/tls/overview/), so that what comes by other entry
 * points too is two routes.
 */
export function bySchemes(route: Omit<Route, 'tls'>): Route[] {
  const others = route.entryPoints.filter((point) => point !== SECURE)
  if (others.length === route.entryPoints.length) return [{ ...route, tls: undefined }]
  const secure = { ...route, entryPoints: [SECURE], tls: { passthrough: false } }
  if (others.length === 0) return [secure]
  return [secure, { ...route, name: `${route.name}-plain`, entryPoints: others, tls: undefined }]
}

const SECURE = 'websecure'
