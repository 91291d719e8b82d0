import type { ClaimRequest } from '../wire/claim.ts'

/** Everything that one edge should serve for this cluster. A value: what is wanted next is another one. */
export interface Wanted {
  /** Rises with each change of leader. */
  readonly fence: number
  /** Rises with each change of the document. */
  readonly sequence: number
  readonly claims: readonly ClaimRequest[]
}
