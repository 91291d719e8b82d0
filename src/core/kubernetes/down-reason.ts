import type { BackendAnswer } from '../../wire/document.ts'
import { listed } from './problem.ts'

/** Why no backend of a port takes connections: each with the edge's reason. Undefined where one may. */
export function downReason(backends: readonly BackendAnswer[]): string | undefined {
  if (backends.length === 0 || backends.some(({ health }) => health !== 'down')) return undefined
  return listed(
    backends.map((one) => `${placeOf(one)}${one.reason === undefined ? '' : ` (${one.reason})`}`).sort(),
  )
}

function placeOf({ address, port }: BackendAnswer): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`
}
