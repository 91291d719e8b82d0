import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dnsName, freeName, hashedName, labelPart } from './names.ts'

const digest = (text: string) => createHash('sha256').update(text).digest('hex')

describe('dnsName', () => {
  it.each(['web', 'a', 'x-1', 'a'.repeat(63)])('leaves %s as it is', (name) => {
    expect(dnsName(name, digest)).toBe(name)
  })

  it('keeps what can be kept, and tells apart what would fall together', () => {
    expect(dnsName('my_db', digest)).toMatch(/^my-db-[0-9a-f]{8}$/)
    expect(dnsName('my_db', digest)).not.toBe(dnsName('my.db', digest))
    expect(dnsName('9front', digest)).toMatch(/^front-[0-9a-f]{8}$/)
    expect(dnsName('___', digest)).toMatch(/^x-[0-9a-f]{8}$/)
  })

  it('is a name of Kubernetes for any text, and its own name again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        for (const name of [dnsName(text, digest), hashedName(text, 'content', digest)]) {
          expect(name).toMatch(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
          expect(dnsName(name, digest)).toBe(name)
        }
        expect(labelPart(text, digest)).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/)
      }),
    )
  })
})

it('gives no name twice', () => {
  const taken = new Set(['web-published'])
  const first = freeName('web-published', taken, digest)
  expect(first).toMatch(/^web-published-[0-9a-f]{8}$/)
  expect(taken.has(first)).toBe(true)
})

it('names another content otherwise', () => {
  expect(hashedName('a', '1', digest)).not.toBe(hashedName('a', '2', digest))
})
