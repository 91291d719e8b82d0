import type { ErrorCode } from '../../wire/error-codes.ts'
import type { ServiceProtocol } from './objects.ts'

/** A port as a Service's user knows it. */
export interface PortRef {
  readonly port: number
  readonly protocol: ServiceProtocol
}

/** `TCP/443`. */
export function portName({ port, protocol }: PortRef): string {
  return `${protocol}/${port}`
}

/** Something that a Service's user has to know: told as an Event and in the Service's condition. */
export interface Problem {
  readonly code: ErrorCode
  /** One sentence for people, naming the values at fault. */
  readonly message: string
  /** The Service's ports that are not served because of it; none where it is about the Service as a whole. */
  readonly ports: readonly PortRef[]
}

/** No more of a long list than this is worth words. */
const MAX_LISTED = 10

/** `a, b, c`, or the first ten `and 90 more`. */
export function listed(items: readonly (string | number)[]): string {
  const shown = items.slice(0, MAX_LISTED).join(', ')
  return items.length > MAX_LISTED ? `${shown} and ${items.length - MAX_LISTED} more` : shown
}

/** A text of a user's, as JSON: short, and without anything that is not plain. */
export function quoted(text: string): string {
  const plain = text.slice(0, 200).replace(/[^\x20-\x7e]/g, '?')
  return JSON.stringify(plain.length > 60 ? `${plain.slice(0, 60)}...` : plain)
}
