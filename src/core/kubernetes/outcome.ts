import type { ClaimRequest } from '../../wire/claim.ts'
import type { Problem } from './problem.ts'

/**
 * What became of a claim at one edge. `unknown`: the edge was not reached since this was wanted; it may have it or not.
 */
export type Fate =
  | {
      readonly state: 'live'
      /** Why none of its backends takes connections, where none does. */
      readonly down?: string
    }
  | {
      readonly state: 'refused'
      /** Of the closed table, or of a newer edge's. */
      readonly code: string
      readonly detail: string
    }
  | { readonly state: 'unknown' }

export interface ClaimOutcome {
  readonly claim: ClaimRequest
  readonly fate: Fate
}

export interface EdgeOutcome {
  /** The edge's name in the settings. */
  readonly edge: string
  readonly claims: readonly ClaimOutcome[]
}

/** Whether it has not said of every claim what became of it. */
export function isSilent({ claims }: EdgeOutcome): boolean {
  return claims.some(({ fate }) => fate.state === 'unknown')
}

/** Everything that is known of a Service: what `serviceClaims` found, and what its edges said. */
export interface ServiceOutcome {
  readonly problems: readonly Problem[]
  /** One for each edge that is to serve it. */
  readonly edges: readonly EdgeOutcome[]
}
