import { describe, expect, it } from 'vitest'
import { aBackend, aClaim, aDocument } from '../../testing/documents.ts'
import { documentSize } from './document-size.ts'
import { RefusedClaims } from './refused-claims.ts'

const longOwner = `home/${'n'.repeat(63)}/${'o'.repeat(63)}`
const path = `/${'p'.repeat(255)}`

function refused(count: number, raw: unknown, detail: string) {
  const claims = new RefusedClaims()
  for (let index = 0; index < count; index++) claims.add(index, raw, 'protocol-unsupported', [detail])
  return aDocument('a', [aClaim({ index: count })], { refused: claims.list })
}

describe('the size of a document', () => {
  it.each([
    ['of nothing', aDocument('a', [])],
    ['of short names', aDocument('a')],
    ['of long names', aDocument('a', [aClaim({ owner: longOwner, check: { type: 'http', path } })])],
    [
      'of many backends',
      aDocument('a', [aClaim({ backends: Array(200).fill(aBackend('2001:db8:1:2:3:4:5:6')) })]),
    ],
    ['of many ranges', aDocument('a', [aClaim({ allow: Array(200).fill('2001:db8:1:2:3::/80') })])],
    ['of refused claims', refused(1_000, { port: 65_535, protocol: 'udp' }, 'x'.repeat(900))],
    ['of claims that say nothing', refused(1_000, {}, 'x')],
  ])('%s is at least what it takes on the disk, and no more than three times that', (_, document) => {
    const bytes = JSON.stringify({ ...document, digest: 'd'.repeat(43), version: 1_000_000 }).length
    expect(documentSize(document)).toBeGreaterThanOrEqual(bytes)
    expect(documentSize(document)).toBeLessThanOrEqual(bytes * 3)
  })

  it('stays the same where a node moves', () => {
    const at = (address: string) => documentSize(aDocument('a', [aClaim({ backends: [aBackend(address)] })]))
    expect(at('2001:db8:1:2:3:4:5:6')).toBe(at('10.0.0.1'))
  })
})
