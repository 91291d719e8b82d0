import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heedRetryAfter, pauseOf } from './pacing.ts'

const INTERVAL = 20_000

describe('pauseOf', () => {
  it.each([
    ['live', [1, 9], [18_000, 22_000]],
    ['hopeless', [1, 9], [18_000, 22_000]],
    ['waiting', [1], [250, 500]],
    ['waiting', [4], [2_000, 4_000]],
    ['waiting', [7, 5_000], [10_000, 20_000]],
    ['broken', [1], [250, 500]],
    ['checking', [1], [1_000, 1_000]],
    ['checking', [3], [4_000, 4_000]],
    ['checking', [9], [20_000, 20_000]],
  ] as const)('%s, times %j: within %j', (course, times, [least, most]) => {
    for (const time of times) {
      expect(pauseOf(course, time, INTERVAL, 0)).toBeCloseTo(least, 5)
      expect(pauseOf(course, time, INTERVAL, 1)).toBeCloseTo(most, 5)
    }
  })

  it('never leaves the edge alone for longer than the jittered interval, nor calls without a pause', () => {
    const course = fc.constantFrom('live', 'hopeless', 'waiting', 'checking', 'broken' as const)
    const interval = fc.integer({ min: 1_000, max: 28_800_000 })
    const random = fc.double({ min: 0, max: 1, noNaN: true })
    fc.assert(
      fc.property(
        course,
        fc.integer({ min: 1, max: 1e6 }),
        interval,
        random,
        (kind, times, length, chance) => {
          const pause = pauseOf(kind, times, length, chance)
          expect(pause).toBeGreaterThanOrEqual(250)
          expect(pause).toBeLessThanOrEqual(length * 1.1)
        },
      ),
    )
  })
})

describe('heedRetryAfter', () => {
  it.each([
    [500, undefined, 500],
    [500, 7, 7_000],
    [9_000, 7, 9_000],
    [500, 1e9, 300_000],
  ])('%d ms and %s s make %d ms', (pause, seconds, result) => {
    expect(heedRetryAfter(pause, seconds)).toBe(result)
  })
})
