import fc from 'fast-check'
import { expect, it } from 'vitest'
import { base64, textOf, utf8 } from './content.ts'

it('writes base64 as everybody does', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(base64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    }),
  )
})

it('reads and writes UTF-8', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8(text)).toEqual(new Uint8Array(Buffer.from(text)))
      expect(textOf(utf8(text))).toBe(text.includes('\0') ? undefined : text)
    }),
  )
})

it('knows what is no text', () => {
  expect(textOf(Uint8Array.of(0xff, 0xfe))).toBeUndefined()
})
