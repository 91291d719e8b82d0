import fc from 'fast-check'
import { expect, it } from 'vitest'
import { formatTime, parseTime } from './rfc3339.ts'

const DAY_ONE = Date.UTC(1600, 0, 1)
const LAST_DAY = Date.UTC(9999, 11, 31)

it('reads and writes times as the calendar has them', () => {
  fc.assert(
    fc.property(fc.integer({ min: DAY_ONE, max: LAST_DAY }), (milliseconds) => {
      const seconds = Math.floor(milliseconds / 1000) * 1000
      const text = new Date(seconds).toISOString().replace('.000', '')
      expect(formatTime(milliseconds)).toBe(text)
      expect(parseTime(text)).toBe(seconds)
      expect(parseTime(new Date(milliseconds).toISOString())).toBe(milliseconds)
    }),
  )
})

it.each([
  ['2026-05-01T12:00:00+02:00', '2026-05-01T10:00:00Z'],
  ['2024-02-29T23:30:00-01:00', '2024-03-01T00:30:00Z'],
  ['1999-12-31T23:59:59.123456Z', '1999-12-31T23:59:59.123Z'],
])('%s is %s', (text, other) => {
  expect(parseTime(text)).toBe(Date.parse(other))
})

it.each(['', 'yesterday', '2026-05-01', '2026-05-01 12:00:00Z', '2026-05-01T12:00:00', '1e9'])(
  '%j is no time',
  (text) => {
    expect(parseTime(text)).toBeUndefined()
  },
)
