/** What becomes of a key of a stack's canonical form. */
export type Fate = 'kept' | 'changed' | 'dropped' | 'refused'

/** `say`: what becomes of it. For what is dropped that is the warning too; a `remedy` is what to do instead. */
export interface KeyFate {
  readonly fate: Fate
  readonly say: string
  readonly remedy?: string
}

export const kept = (say: string): KeyFate => ({ fate: 'kept', say })
export const changed = (say: string): KeyFate => ({ fate: 'changed', say })
export const dropped = (say: string, remedy = ''): KeyFate => ({ fate: 'dropped', say, remedy })
export const refused = (say: string, remedy = ''): KeyFate => ({ fate: 'refused', say, remedy })
