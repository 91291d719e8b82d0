import { type Fields, fieldsOf } from '../../../core/kubernetes/fields.ts'

/** A Secret before and after, as anybody may see it: which of its entries change, and nothing of what they hold. */
export function maskedChange(
  before: Fields | undefined,
  after: Fields | undefined,
): [Fields | undefined, Fields | undefined] {
  const [old, fresh] = [entriesOf(before), entriesOf(after)]
  const mask = (own: Fields, other: Fields, when: string) =>
    Object.fromEntries(
      Object.entries(own).map(([key, value]) => {
        const changes = key in other && other[key] !== value
        return [key, changes ? `*** (${when})` : '***']
      }),
    )
  return [
    before && { ...before, ...masked(before, mask(old, fresh, 'before')) },
    after && { ...after, ...masked(after, mask(fresh, old, 'after')) },
  ]
}

function entriesOf(secret: Fields | undefined): Fields {
  return { ...fieldsOf(secret?.['data']), ...fieldsOf(secret?.['stringData']) }
}

function masked(secret: Fields, entries: Fields): Fields {
  return Object.fromEntries(
    ['data', 'stringData'].flatMap((name) => {
      const keys = Object.keys(fieldsOf(secret[name]))
      return name in secret ? [[name, Object.fromEntries(keys.map((key) => [key, entries[key]]))]] : []
    }),
  )
}
