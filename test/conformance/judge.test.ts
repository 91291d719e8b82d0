import { describe, expect, it } from 'vitest'
import type { Expectation } from './expectations.ts'
import { judge, table } from './judge.ts'
import type { Result } from './suite.ts'

const PASSES: Expectation = { test: 'a' }
const LATER: Expectation = { test: 'a', unless: 'there is no UDP' }

describe('judge', () => {
  it('takes a test that passed as fine', () => {
    expect(judge([PASSES], [result('passed')])).toEqual([
      { test: 'a', outcome: 'passed', seconds: 1.6, reason: '', fine: true },
    ])
  })

  it('takes a failure as what it is, where the test has to pass', () => {
    expect(judge([PASSES], [result('failed', 'timed out')])).toMatchObject([
      { outcome: 'failed', reason: 'timed out', fine: false },
    ])
  })

  it('lets a test fail that was run though it is not expected to pass', () => {
    expect(judge([LATER], [result('failed', 'timed out')])).toMatchObject([{ outcome: 'failed', fine: true }])
  })

  it('lets a test fail as it should, and in no other way', () => {
    const expected = [{ ...LATER, failure: 'wrong address' }]
    expect(judge(expected, [result('failed', 'wrong address')])).toMatchObject([
      { outcome: 'failed', reason: 'wrong address: there is no UDP', fine: true },
    ])
    expect(judge(expected, [result('failed', 'timed out')])).toMatchObject([
      { reason: 'timed out', fine: false },
    ])
    expect(judge(expected, [result('skipped')])).toMatchObject([{ outcome: 'not run', fine: false }])
  })

  it('holds it against a test that has to pass when it skips itself', () => {
    expect(judge([PASSES], [result('skipped', 'one node only')])).toMatchObject([
      { outcome: 'skipped', reason: 'one node only', fine: false },
    ])
  })

  it('tells why a test was not run', () => {
    expect(judge([LATER], [result('skipped')])).toMatchObject([
      { outcome: 'not run', reason: 'there is no UDP', fine: true },
    ])
  })

  it('notices a test that is gone, and one that is new', () => {
    expect(judge([PASSES], [{ ...result('skipped'), test: 'b' }])).toMatchObject([
      { test: 'a', reason: 'Kubernetes has no such test any more', fine: false },
      { test: 'b', reason: 'not in expectations.ts', fine: false },
    ])
  })
})

describe('table', () => {
  it('stresses what is not fine', () => {
    const rows = table(
      judge([PASSES, { test: 'b' }], [result('passed'), { ...result('failed', 'x | y'), test: 'b' }]),
    )
    expect(rows.split('\n').slice(2)).toEqual(['| a | passed | 2 |  |', '| b | **failed** | 2 | x \\| y |'])
  })
})

function result(state: Result['state'], reason = ''): Result {
  return { test: 'a', state, seconds: 1.6, reason }
}
