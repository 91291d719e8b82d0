/**
 * A schema for one value of a stack file: the part of JSON Schema (draft 4) in which Docker's schemas are written.
 * `since` is the minor version of the format, 3.`since`, that first has it.
 */
export type Schema = ScalarSchema | ListSchema | MapSchema | ChoiceSchema

/** JSON's types of scalars. An integer may be written 1.0. */
export type ScalarType = 'string' | 'number' | 'integer' | 'boolean' | 'null'

export interface ScalarSchema {
  readonly is: 'scalar'
  readonly types: readonly ScalarType[]
  readonly format?: 'duration' | 'ports'
  /** The first version in which the format is asked for. */
  readonly formatSince?: number
  readonly oneOf?: readonly string[]
  readonly least?: number
  readonly pattern?: RegExp
}

export interface ListSchema {
  readonly is: 'list'
  readonly items: Schema
  readonly unique: boolean
}

export interface MapSchema {
  readonly is: 'map'
  readonly nullable: boolean
  readonly keys: Readonly<Record<string, KeySchema>>
  /** What the names of other keys must be like, and their values. */
  readonly others?: { readonly names: RegExp; readonly value: Schema }
  /** What becomes of keys that are neither. */
  readonly unknown: 'refused' | 'allowed'
  readonly unknownSince?: number
  /** The first version that allows keys beginning with `x-`. */
  readonly extrasSince?: number
  readonly required: readonly string[]
  /** The first version that takes a map here, where before only the short form was. */
  readonly longFormSince?: number
}

export interface KeySchema {
  readonly schema: Schema
  readonly since: number
}

/** One of several, told apart by what kind of value it is. */
export interface ChoiceSchema {
  readonly is: 'choice'
  readonly of: readonly Schema[]
}
