/** What came over the line, before anybody has checked it. */
export type Fields = ReadonlyMap<string, unknown>

/** The fields of a JSON object's text; undefined for any other text. */
export function parseFields(text: string): Fields | undefined {
  try {
    return fieldsOf(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The fields of a value that was an object in JSON. */
export function fieldsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map<string, unknown>(Object.entries(value))
}

export function textField(fields: Fields, name: string): string | undefined {
  const value = fields.get(name)
  return typeof value === 'string' ? value : undefined
}

/** The objects in a list; none where it is no list. */
export function listField(fields: Fields, name: string): Fields[] {
  const value = fields.get(name)
  if (!Array.isArray(value)) return []
  return value.flatMap((item) => fieldsOf(item) ?? [])
}
