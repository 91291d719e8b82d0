import type { HeldDocument } from '../core/registry/state.ts'
import type { Call } from './edge-service.ts'

/** Why a digest does not stand for what its phone means now, though it once did maybe; undefined where it does. */
export function digestMismatch(
  { identity, caller }: Call,
  held: HeldDocument,
  digest: string,
): string | undefined {
  if (held.identity !== identity.id || held.digest !== digest)
    return `the edge holds the document ${held.digest}`
  if (held.usesCaller && held.caller !== caller) {
    return `the document means ${held.caller ?? 'nothing'} where it leaves an address out`
  }
  return held.lost ? 'backends were dropped while the phone was silent' : undefined
}
