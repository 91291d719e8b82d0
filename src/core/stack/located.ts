import type { Place } from './place.ts'

/** A value of a stack file that knows where it was written. Aliases share what they stand for. */
export type Located = LocatedScalar | LocatedList | LocatedMap

export type Scalar =
  | { readonly form: 'string'; readonly value: string }
  | { readonly form: 'int'; readonly value: number | bigint }
  | { readonly form: 'float'; readonly value: number }
  | { readonly form: 'bool'; readonly value: boolean }
  | { readonly form: 'null'; readonly value: null }
  /** A date, which Go's YAML makes of `2024-01-01`. The value is as written. */
  | { readonly form: 'date'; readonly value: string }

/** What a tag of Compose says of a value that is merged over another: that goes away (`!reset`), or is replaced whole. */
export type MergeTag = 'reset' | 'override'

export interface LocatedScalar {
  readonly kind: 'scalar'
  readonly tag?: MergeTag | undefined
  readonly scalar: Scalar
  readonly place: Place
}

export interface LocatedList {
  readonly kind: 'list'
  readonly tag?: MergeTag | undefined
  readonly items: readonly Located[]
  readonly place: Place
}

export interface LocatedMap {
  readonly kind: 'map'
  readonly tag?: MergeTag | undefined
  /** In the order of the file. */
  readonly entries: ReadonlyMap<string, LocatedEntry>
  readonly place: Place
}

export interface LocatedEntry {
  /** Where the key is. */
  readonly place: Place
  readonly value: Located
}

export function isNull(node: Located): boolean {
  return node.kind === 'scalar' && node.scalar.form === 'null'
}
