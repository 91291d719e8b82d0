import { type Fields, fieldsOf } from '../../../core/kubernetes/fields.ts'

/**
 * The part of a value that a field set names, in the form of `managedFields[].fieldsV1`: `f:name` for a field, `k:{...}` for
 * the item of a list with these keys, `v:...` for the item with this value, `.` for the thing itself.
 */
export function ownedView(value: unknown, owned: Fields): unknown {
  const names = Object.keys(owned).filter((name) => name !== '.')
  if (Array.isArray(value)) {
    if (names.length === 0) return '.' in owned ? [] : value
    return value.flatMap((item: unknown, index) => {
      const name = names.find((one) => selects(one, item, index))
      return name === undefined ? [] : [ownedView(item, fieldsOf(owned[name]))]
    })
  }
  if (typeof value !== 'object' || value === null) return value
  if (names.length === 0) return '.' in owned ? {} : value
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const name = `f:${key}`
      return name in owned ? [[key, ownedView(inner, fieldsOf(owned[name]))]] : []
    }),
  )
}

function selects(name: string, item: unknown, index: number): boolean {
  const form = name.slice(0, 2)
  if (form === 'i:') return name === `i:${index}`
  const wanted = parsed(name.slice(2))
  if (form === 'v:') return sameJson(wanted, item)
  const [fields, keys] = [fieldsOf(item), Object.entries(fieldsOf(wanted))]
  return form === 'k:' && keys.length > 0 && keys.every(([key, part]) => sameJson(part, fields[key]))
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether two values are the same JSON, whatever the order of their fields. */
export function sameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null)
    return one === other
  if (Array.isArray(one) !== Array.isArray(other)) return false
  const [mine, theirs] = [new Map(Object.entries(one)), new Map(Object.entries(other))]
  return mine.size === theirs.size && [...mine].every(([key, value]) => sameJson(value, theirs.get(key)))
}
