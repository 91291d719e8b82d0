import type { Check } from '../../wire/claim.ts'
import type { Route } from '../route.ts'

/**
 * Everything about a route but its backends, as text. Two routes of the same shape differ only in what the runtime API
 * can change; two of different shapes need a reload between them.
 */
export function shapeOf({ allow, check, affinity }: Route): string {
  return JSON.stringify([
    check.type,
    'path' in check ? check.path : '',
    'port' in check ? (check.port ?? 0) : 0,
    allow ?? null,
    affinity ?? null,
  ])
}

type Shape = [
  type: Check['type'],
  path: string,
  port: number,
  allow: readonly string[] | null,
  affinity: 'client-ip' | null,
]

/** `route` with the settings of a shape that `shapeOf` gave, and with its own backends. */
export function inShape(route: Route, shape: string): Route {
  const [type, path, port, allow, affinity]: Shape = JSON.parse(shape)
  const { allow: _, affinity: __, ...rest } = route
  const check =
    type === 'none'
      ? { type }
      : { ...(type === 'http' ? { type, path } : { type }), ...(port > 0 && { port }) }
  return { ...rest, check, ...(affinity && { affinity }), ...(allow && { allow }) }
}
