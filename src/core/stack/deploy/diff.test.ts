import { expect, it } from 'vitest'
import { maskedChange } from './mask-change.ts'
import { unifiedDiff } from './unified-diff.ts'

it('shows changes with the lines around them, as diff -u', () => {
  const before = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12']
  const after = before.with(1, 'two').toSpliced(10, 1)
  expect(unifiedDiff(before, after)).toEqual([
    ...['@@ -1,5 +1,5 @@', ' 1', '-2', '+two', ' 3', ' 4', ' 5'],
    ...['@@ -8,5 +8,4 @@', ' 8', ' 9', ' 10', '-11', ' 12'],
  ])
  expect(unifiedDiff([], ['a'])).toEqual(['@@ -0,0 +1 @@', '+a'])
  expect(unifiedDiff(before, before)).toEqual([])
})

it('says which entries of a Secret change, and nothing of them', () => {
  const secret = (data: Record<string, string>) => ({ kind: 'Secret', data })
  expect(maskedChange(secret({ a: 'QQ==', b: 'Qg==', c: 'Qw==' }), secret({ a: 'QQ==', b: 'WA==' }))).toEqual(
    [secret({ a: '***', b: '*** (before)', c: '***' }), secret({ a: '***', b: '*** (after)' })],
  )
  expect(maskedChange(undefined, secret({ a: 'QQ==' }))).toEqual([undefined, secret({ a: '***' })])
})
