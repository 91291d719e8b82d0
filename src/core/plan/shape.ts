import type { Route } from '../route.ts'

/**
 * Everything about a route but its backends, as text. Two routes of the same shape differ only in what the runtime API
 * can change; two of different shapes need a reload between them.
 */
export function shapeOf({ allow, check }: Route): string {
  return JSON.stringify([
    check.type,
    'path' in check ? check.path : '',
    'port' in check ? (check.port ?? 0) : 0,
    allow ?? null,
  ])
}
