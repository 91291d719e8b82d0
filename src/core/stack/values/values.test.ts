import { describe, expect, it } from 'vitest'
import { durationText, readDuration } from './duration.ts'
import { readSize } from './size.ts'

describe('durations', () => {
  it.each([
    ['5s', '5s'],
    ['90s', '1m30s'],
    ['1.5h', '1h30m0s'],
    ['1h1h', '2h0m0s'],
    ['100ms', '100ms'],
    ['1500us', '1.5ms'],
    ['1500ns', '1.5µs'],
    ['7ns', '7ns'],
    ['0', '0s'],
    ['-5m', '-5m0s'],
    ['+.5s', '500ms'],
    ['1.s', '1s'],
  ])('%s is %s', (written, printed) => {
    const read = readDuration(written)
    expect(read !== undefined && durationText(read)).toBe(printed)
  })

  it.each([['5'], ['1d'], [''], ['s'], ['.s'], ['5 s'], ['5s '], ['-'], ['3000000h'], ['1e3s']])(
    '%j is none',
    (text) => {
      expect(readDuration(text)).toBeUndefined()
    },
  )
})

describe('sizes', () => {
  it.each([
    ['1024', 1024],
    ['1b', 1],
    ['512M', 536_870_912],
    ['512mb', 536_870_912],
    ['1 GiB', 1_073_741_824],
    ['1.5k', 1536],
    ['.5m', 524_288],
    ['2t', 2_199_023_255_552],
    ['0', 0],
  ])('%s is %d', (text, bytes) => {
    expect(readSize(text)).toBe(bytes)
  })

  it.each([['5x'], ['-1m'], [''], ['m'], ['1kib b'], ['1  m'], ['1bb'], ['9999999p']])(
    '%j is none',
    (text) => {
      expect(readSize(text)).toBeUndefined()
    },
  )
})
