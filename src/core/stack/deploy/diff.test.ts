import fc from 'fast-check'
import { expect, it } from 'vitest'
import { hunks } from './hunks.ts'
import { lineDiff } from './line-diff.ts'
import { maskedChange } from './mask-change.ts'

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })

it('leads from one text to the other, by as few lines as can be', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after)
      expect(diff.filter(({ sign }) => sign !== '+').map(({ text }) => text)).toEqual(before)
      expect(diff.filter(({ sign }) => sign !== '-').map(({ text }) => text)).toEqual(after)
      expect(diff.filter(({ sign }) => sign === ' ')).toHaveLength(longestCommon(before, after))
    }),
  )
})

function longestCommon([first, ...rest]: readonly string[], other: readonly string[]): number {
  if (first === undefined || other.length === 0) return 0
  const found = other.indexOf(first)
  const without = longestCommon(rest, other)
  return found < 0 ? without : Math.max(without, 1 + longestCommon(rest, other.slice(found + 1)))
}

it('shows changes with the lines around them, as diff -u', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
  const after = before.with(1, 'two').toSpliced(10, 1)
  expect(hunks(lineDiff(before, after))).toEqual([
    ...['@@ -1,5 +1,5 @@', ' 1', '-2', '+two', ' 3', ' 4', ' 5'],
    ...['@@ -8,5 +8,4 @@', ' 8', ' 9', ' 10', '-11', ' 12'],
  ])
  expect(hunks(lineDiff([], ['a']))).toEqual(['@@ -0,0 +1 @@', '+a'])
  expect(hunks(lineDiff(before, before))).toEqual([])
})

it('says which entries of a Secret change, and nothing of them', () => {
  const secret = (data: Record<string, string>) => ({ kind: 'Secret', data })
  expect(maskedChange(secret({ a: 'QQ==', b: 'Qg==', c: 'Qw==' }), secret({ a: 'QQ==', b: 'WA==' }))).toEqual(
    [secret({ a: '***', b: '*** (before)', c: '***' }), secret({ a: '***', b: '*** (after)' })],
  )
  expect(maskedChange(undefined, secret({ a: 'QQ==' }))).toEqual([undefined, secret({ a: '***' })])
})
