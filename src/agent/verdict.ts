import type { RefusalReport } from '../phone-line/refusal.ts'
import type { BackendAnswer } from '../wire/document.ts'

export type BackendHealth = Pick<BackendAnswer, 'health' | 'reason'> & {
  /** 192.0.2.7:30843 */
  readonly name: string
}

/** What became of one claim. */
export interface PortVerdict {
  /** tcp/8443 */
  readonly port: string
  /** Why it is not live; absent while it is. */
  readonly refusal?: RefusalReport
  readonly backends: readonly BackendHealth[]
}

/** What came of one call. */
export type Verdict =
  /** The edge said something of each claim. */
  | {
      readonly kind: 'answered'
      readonly ports: readonly PortVerdict[]
      /** What the edge calls the document by. */
      readonly digest?: string
      readonly retryAfter?: number
    }
  /** It took nothing of the call, or did not answer: what it holds stays as it was. */
  | { readonly kind: 'refused'; readonly refusal: RefusalReport; readonly retryAfter?: number }

/**
 * `live`: every claim is. `waiting`: a later call may do better. `hopeless`: the same call will be refused again, in
 * every part of it.
 */
export type Standing = 'live' | 'waiting' | 'hopeless'

export function standingOf(verdict: Verdict): Standing {
  if (verdict.kind === 'refused') return verdict.refusal.permanent ? 'hopeless' : 'waiting'
  if (verdict.ports.every(({ refusal }) => refusal === undefined)) return 'live'
  return verdict.ports.every(({ refusal }) => refusal?.permanent) ? 'hopeless' : 'waiting'
}

/** Whether a backend's health is not known yet: worth another look soon. */
export function isChecking(verdict: Verdict): boolean {
  return (
    verdict.kind === 'answered' &&
    verdict.ports.some(({ backends }) => backends.some(({ health }) => health === 'checking'))
  )
}
