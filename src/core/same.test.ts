import fc from 'fast-check'
import { it } from 'vitest'
import { same } from './same.ts'

/** JSON whose keys stand in one order. */
function written(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? { keys: Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)) }
      : inner,
  )
}

const small = fc.oneof(fc.constantFrom(null, 0, 1, '', 'a', true), fc.constantFrom([], {}))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    small,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value')),
  ),
}))

it('is true of a value and its copy', () => {
  fc.assert(fc.property(fc.jsonValue(), (one) => same(one, JSON.parse(JSON.stringify(one)))))
})

it('is true of two values exactly where they are written alike', () => {
  fc.assert(
    fc.property(value, value, (a, b) => same(a, b) === (written(a) === written(b))),
    {
      examples: [
        [[], {}],
        [{}, []],
        [[1], [1, 1]],
        [{ a: 1 }, { b: 1 }],
        [{ a: [{ b: 1, c: 2 }] }, { a: [{ c: 2, b: 1 }] }],
        [null, {}],
      ],
    },
  )
})
