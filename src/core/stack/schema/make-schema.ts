import type {
  ChoiceSchema,
  KeySchema,
  ListSchema,
  MapSchema,
  ScalarSchema,
  ScalarType,
  Schema,
} from './schema.ts'

/** The words in which the tables of schemas are written. */
export function scalar(...types: ScalarType[]): ScalarSchema {
  return { is: 'scalar', types }
}

export const string = scalar('string')
export const integer = scalar('integer')
export const number = scalar('number')
export const boolean = scalar('boolean')

/** A length of time; before `since`, any string. */
export function duration(since = 0): ScalarSchema {
  return { ...string, format: 'duration', formatSince: since }
}

export function list(items: Schema): ListSchema {
  return { is: 'list', items, unique: false }
}

export function set(items: Schema): ListSchema {
  return { is: 'list', items, unique: true }
}

export function choice(...of: Schema[]): ChoiceSchema {
  return { is: 'choice', of }
}

/** A key that a later version of the format brought. */
export function since(minor: number, schema: Schema): KeySchema {
  return { schema, since: minor }
}

type Keys = Readonly<Record<string, Schema | KeySchema>>

/** A map of these keys and no others. */
export function map(keys: Keys, more: Partial<MapSchema> = {}): MapSchema {
  const table = Object.entries(keys).map(
    ([name, key]) => [name, 'since' in key ? key : since(0, key)] as const,
  )
  return {
    is: 'map',
    nullable: false,
    keys: Object.fromEntries(table),
    unknown: 'refused',
    required: [],
    ...more,
  }
}

/** A map of any keys to values of one kind. */
export function mapOf(value: Schema, names = /./s): MapSchema {
  return map({}, { others: { names, value } })
}

/** What Docker lets services, networks and the like be called. */
export const NAME = /^[a-zA-Z0-9._-]+$/
