import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalAddress, parseAddress, unreachableKind } from './address.ts'
import { formatRange, inRange, parseRange } from './range.ts'

describe('canonicalAddress', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['::FFFF:c000:207', '192.0.2.7'],
    ['2001:DB8:0:0::1', '2001:db8::1'],
    ['2001:db8:0:1:0:0:0:1', '2001:db8:0:1::1'],
  ])('%s is written %s', (text, canonical) => {
    expect(canonicalAddress(text)).toBe(canonical)
  })

  it.each([
    '',
    '127.1',
    '010.0.0.1',
    '0x7f.0.0.1',
    '256.0.0.1',
    '1.2.3.4.5',
    'fe80::1%eth0',
    '2001:db8',
    ' 10.0.0.1',
    '10.0.0.1\n',
    'example.org',
    '::1/64',
    '[::1]',
  ])('%j is no address', (text) => {
    expect(canonicalAddress(text)).toBeUndefined()
  })

  it('gives a text that stands for itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const canonical = canonicalAddress(text)
        if (canonical !== undefined) expect(canonicalAddress(canonical)).toBe(canonical)
      }),
    )
  })
})

describe('unreachableKind', () => {
  const kindOf = (text: string) => {
    const address = parseAddress(text)
    return address && unreachableKind(address)
  }

  it.each([
    ['0.0.0.0', 'unspecified'],
    ['0.1.2.3', 'unspecified'],
    ['::', 'unspecified'],
    ['127.0.0.2', 'loopback'],
    ['::1', 'loopback'],
    ['169.254.169.254', 'link-local'],
    ['fe80::1', 'link-local'],
    ['224.0.0.1', 'multicast'],
    ['ff02::1', 'multicast'],
    ['255.255.255.255', 'broadcast'],
    ['250.0.0.1', 'reserved'],
  ])('%s is %s', (address, kind) => {
    expect(kindOf(address)).toBe(kind)
  })

  it.each(['10.0.0.1', '192.0.2.7', '203.0.113.9', '100.64.0.1', '2001:db8::1', 'fd00::1'])(
    '%s is ordinary',
    (address) => {
      expect(parseAddress(address)).toBeDefined()
      expect(kindOf(address)).toBeUndefined()
    },
  )
})

describe('ranges', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['0.0.0.0/0', '203.0.113.9', true],
    ['0.0.0.0/0', '2001:db8::1', false],
    ['::/0', '2001:db8::1', true],
    ['::/0', '203.0.113.9', false],
    ['2001:db8::/33', '2001:db8:8000::1', false],
  ])('%s holds %s: %s', (text, address, expected) => {
    const [range, within] = [parseRange(text), parseAddress(address)]
    expect(range && within && inRange(range, within)).toBe(expected)
  })

  it.each(['192.0.2.0/33', '::/129', '10.0.0.0/', '/8', '10.0.0.0/-1', 'all', '10.0.0.0/8 '])(
    '%j is no range',
    (text) => {
      expect(parseRange(text)).toBeUndefined()
    },
  )

  it('are written with the host bits cleared', () => {
    const written = (text: string) => {
      const range = parseRange(text)
      return range && formatRange(range)
    }
    expect(written('192.0.2.7/24')).toBe('192.0.2.0/24')
    expect(written('192.0.2.7/0')).toBe('0.0.0.0/0')
    expect(written('2001:db8::ffff/112')).toBe('2001:db8::/112')
  })
})
