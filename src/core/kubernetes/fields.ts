/** An object of the API server's, before anybody has checked it. Nothing here throws, whatever is in it. */
export type Fields = Readonly<Record<string, unknown>>

const NONE: Fields = {}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The fields of an object; none where it is no object. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : NONE
}

export function field(fields: Fields, name: string): unknown {
  return fields[name]
}

export function textField(fields: Fields, name: string): string | undefined {
  const value = field(fields, name)
  return typeof value === 'string' ? value : undefined
}

/** A text that is not empty. */
export function nameField(fields: Fields, name: string): string | undefined {
  return textField(fields, name) || undefined
}

/** A field that is one of a closed list of words. */
export function wordField<Word extends string>(
  fields: Fields,
  name: string,
  words: readonly Word[],
): Word | undefined {
  const text = textField(fields, name)
  return words.find((word) => word === text)
}

export function flagField(fields: Fields, name: string): boolean | undefined {
  const value = field(fields, name)
  return typeof value === 'boolean' ? value : undefined
}

/** A whole number within bounds. */
function numberField(fields: Fields, name: string, min: number, max: number): number | undefined {
  const value = field(fields, name)
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max
    ? value
    : undefined
}

export function portField(fields: Fields, name: string): number | undefined {
  return numberField(fields, name, 1, 65_535)
}

export function objectField(fields: Fields, name: string): Fields {
  return fieldsOf(field(fields, name))
}

/** The objects in a list; none where it is no list. */
export function objectsField(fields: Fields, name: string): Fields[] {
  const value = field(fields, name)
  return Array.isArray(value) ? value.filter(isFields) : []
}

/** The texts in a list; none where it is no list. */
export function textsField(fields: Fields, name: string): string[] {
  const value = field(fields, name)
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
