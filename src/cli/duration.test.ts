import { expect, it } from 'vitest'
import { formatSeconds, parseDuration } from './duration.ts'

it.each([
  ['90d', 7_776_000_000],
  ['45s', 45_000],
  ['2w', 1_209_600_000],
  ['0d', undefined],
  ['90', undefined],
  ['-1d', undefined],
  ['1d 2h', undefined],
])('parseDuration(%j) is %j ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

it.each([
  [0, '0s'],
  [59.6, '1m'],
  [3_723, '1h 2m'],
  [90_000, '1d 1h'],
  [86_400, '1d'],
  [-5, '0s'],
])('formatSeconds(%d) is %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})
