import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MAX_DEPTH, MAX_KEYS, MAX_VALUES, readJson } from './json.ts'
import { RequestRefused } from './request-refused.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

function refusal(body: Uint8Array): RequestRefused {
  try {
    readJson(body)
  } catch (error) {
    if (error instanceof RequestRefused) return error
    throw error
  }
  throw new Error('it was read')
}

describe('readJson', () => {
  it('reads whatever JSON there is', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        expect(readJson(bytes(text))).toEqual(JSON.parse(text))
      }),
    )
  })

  it('either reads a text or refuses it, whatever it is', () => {
    const fragments = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      '"',
      '\\',
      ':',
      ',',
      ' ',
      'a',
      '1',
      'null',
      '\n',
      'é',
    )
    const text = fc.array(fragments, { maxLength: 30 }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(text, (text) => {
        try {
          readJson(bytes(text))
        } catch (error) {
          expect(error).toBeInstanceOf(RequestRefused)
        }
      }),
    )
  })

  it.each([
    ['{"a":1,"a":1}', 'line 1, column 8'],
    ['{"a":1,\n "\\u0061" : 2}', 'line 2, column 2'],
    ['[{"x":{"b":1}},{"x":{"b":1,"c":[{"b":2}],"b":3}}]', 'column 42'],
  ])('refuses the duplicate key of %s', (text, place) => {
    expect(refusal(bytes(text)).detail).toMatch(new RegExp(`^a key stands twice in one object: .*${place}$`))
  })

  it.each([
    '{"a":"a","b":"a"}',
    '[{"a":1},{"a":1}]',
    '{"a":{"a":{"a":1}}}',
    '{"k":["k","k"]}',
    '{"a\\"":1,"a":2}',
  ])('takes %s, where no key stands twice', (text) => {
    expect(readJson(bytes(text))).toEqual(JSON.parse(text))
  })

  it('takes MAX_DEPTH levels and no more', () => {
    const nested = (depth: number) => bytes('['.repeat(depth) + ']'.repeat(depth))
    expect(readJson(nested(MAX_DEPTH))).toBeInstanceOf(Array)
    expect(refusal(nested(MAX_DEPTH + 1)).detail).toBe(
      `it nests deeper than ${MAX_DEPTH} levels: line 1, column ${MAX_DEPTH + 1}`,
    )
    expect(refusal(bytes('{"a":'.repeat(1_000_000))).code).toBe('json-invalid')
  })

  it('does not repeat the text, which may hold control characters', () => {
    const { code, detail } = refusal(bytes('{"a": \u001b[31m}'))
    expect(code).toBe('json-invalid')
    expect(detail).toBe('it is no JSON: line 1, column 7')
  })

  it.each(['', ' ', '{"a":', '"abc', '{"a":1}}', "{'a':1}", '{"a":1,}', 'NaN', '\ufeff\ufeff{}'])(
    'refuses %j',
    (text) => {
      expect(refusal(bytes(text)).code).toBe('json-invalid')
    },
  )

  it('refuses what is not UTF-8', () => {
    expect(refusal(new Uint8Array([0x22, 0xff, 0x22])).detail).toBe('the body is not UTF-8')
    // A lone surrogate, written as UTF-8 would write it.
    expect(refusal(new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])).detail).toBe('the body is not UTF-8')
  })

  it('keeps "__proto__" an ordinary key', () => {
    const value = readJson(bytes('{"__proto__":{"admin":true}}'))
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.keys(value ?? {})).toEqual(['__proto__'])
  })

  it('refuses what no document needs and takes long to read: millions of values, an object of hundreds of keys', () => {
    const list = (length: number) => bytes(JSON.stringify(Array.from({ length }, () => 0)))
    const object = (keys: number) =>
      bytes(JSON.stringify(Object.fromEntries(Array.from({ length: keys }, (_, index) => [`k${index}`, 0]))))
    expect(readJson(list(MAX_VALUES - 2))).toHaveLength(MAX_VALUES - 2)
    expect(refusal(list(MAX_VALUES + 1)).code).toBe('body-too-large')
    expect(readJson(object(MAX_KEYS))).toHaveProperty('k0')
    expect(refusal(object(MAX_KEYS + 1)).code).toBe('body-too-large')
  })
})
