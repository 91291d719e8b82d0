import { describe, expect, it } from 'vitest'
import { problemLine, readTexts, readWeb } from '../../../testing/stack.ts'
import { MOST_BYTES } from './decode-text.ts'

const faults = (text: string | Uint8Array) => readTexts([text]).problems.map(problemLine)

describe('scalars', () => {
  it.each([
    ['0440', '288'],
    ['0o17', '15'],
    ['0x1F', '31'],
    ['-0b11', '-3'],
    ['1_000', '1000'],
    ['0778', '778'],
    ['18446744073709551615', '18446744073709551615'],
    ['18446744073709551616', '1.8446744073709552e+19'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['1e3', '1000'],
    ['1000000.0', '1e+06'],
    ['123456.5', '123456.5'],
    ['.5', '0.5'],
    ['0.00001', '1e-05'],
    ['-0.0', '-0'],
    ['yes', 'yes'],
    ['2222:22', '2222:22'],
    ['1.2.3', '1.2.3'],
    ['+', '+'],
    ['2024-02-30', '2024-02-30'],
    ['2024-01-01', '2024-01-01 00:00:00 +0000 UTC'],
    ['2001-12-14T21:59:43.10-05:00', '2001-12-14 21:59:43.1 -0500 -0500'],
    ['2001-12-14 21:59:43', '2001-12-14 21:59:43 +0000 UTC'],
    ['"0440"', '0440'],
    ['!!str 0440', '0440'],
    ['!custom x', 'x'],
    ['!!float 5', '5'],
  ])('%s is %s', (written, expected) => {
    expect(readWeb(`environment: {A: ${written}}`).web?.environment.get('A')).toBe(expected)
  })

  it.each([['.inf'], ['.nan'], ['!!int x'], ['true']])('%s is refused', (written) => {
    expect(readWeb(`environment: {A: ${written}}`).problems).toHaveLength(1)
  })
})

describe('keys', () => {
  it('are refused where they are there twice, with the line of the first', () => {
    expect(faults('services:\n  a: {image: x}\n  "a": {image: y}')).toEqual([
      'stack.yml:3:3: error: mapping key "a" already defined at line 2',
    ])
  })

  it.each([['8080'], ['true'], ['~'], ['1.5'], ['2024-01-01'], ['[a]'], ['{a: b}']])(
    '%s is no key',
    (key) => {
      expect(faults(`services: {}\nx-a:\n  ${key}: b`)).toHaveLength(1)
    },
  )

  it('may be what objects inherit', () => {
    const { stack } = readTexts(['services: {__proto__: {image: x, labels: {constructor: y, __proto__: z}}}'])
    expect([...(stack?.services.get('__proto__')?.labels ?? [])]).toEqual([
      ['__proto__', 'z'],
      ['constructor', 'y'],
    ])
  })
})

describe('merge keys', () => {
  const image = (text: string) => readTexts([text]).stack?.services.get('a')?.image

  it.each([
    ['own entries win', 'services: {a: {image: own, <<: {image: merged}}}', 'own'],
    ['the first of a list wins', 'services: {a: {<<: [{image: one}, {image: two}]}}', 'one'],
    ['in quotes it is a key', 'services: {a: {image: own}}\nx-a: {"<<": 5}', 'own'],
    ['an alias to a map that merges', 'x-a: &a {<<: {image: deep}}\nservices: {a: {<<: *a}}', 'deep'],
  ])('%s', (_, text, expected) => {
    expect(image(text)).toBe(expected)
  })

  it('take maps only', () => {
    expect(faults('services: {a: {<<: 5}}')).toEqual([
      'stack.yml:1:20: error: map merge requires map or sequence of maps as the value',
    ])
  })
})

describe('aliases', () => {
  it('that stand for billions of values are refused', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const item = level === 0 ? 'x' : `*a${level - 1}`
      return `x-${level}: &a${level} [${Array.from({ length: 12 }, () => item).join(', ')}]`
    })
    const found = faults(`services: {}\n${levels.join('\n')}\n`)
    expect(found[0]).toContain('aliases of this file stand for more than any stack holds')
  })

  it('may be many where they stand for little', () => {
    const services = Array.from({ length: 1_000 }, (_, index) => `  s${index}: *common`)
    const { stack } = readTexts([
      `x-c: &common {image: x, labels: [a=b]}\nservices:\n${services.join('\n')}\n`,
    ])
    expect(stack?.services.size).toBe(1_000)
  })

  it('to what contains them are refused', () => {
    expect(faults('services: {}\nx-a: &a\n  b: [*a]')).toEqual([
      "stack.yml:3:7: error: anchor 'a' value contains itself",
    ])
  })

  it('mean the anchor before them', () => {
    const { stack } = readTexts(['x-a: &a one\nservices: {s: {image: *a, user: &a two, hostname: *a}}'])
    expect(stack?.services.get('s')).toMatchObject({ image: 'one', user: 'two', hostname: 'two' })
  })
})

describe('files', () => {
  it('may have a byte order mark and CRLF', () => {
    const { stack, problems } = readTexts(['\uFEFFservices:\r\n  a:\r\n    image: x\r\n'])
    expect(problems).toEqual([])
    expect(stack?.services.get('a')?.image).toBe('x')
  })

  it('have their lines counted with CRLF too', () => {
    expect(faults('services:\r\n  a:\r\n    imag: x\r\n')[0]).toMatch(/^stack.yml:3:5: /)
  })

  it.each([
    [
      'bytes that are no UTF-8',
      Uint8Array.of(97, 58, 10, 98, 0xc3, 0x28),
      'stack.yml:2:2: error: the file is not UTF-8',
    ],
    ['an overlong form', Uint8Array.of(0xc0, 0x80), 'stack.yml:1:1: error: the file is not UTF-8'],
    ['a surrogate', Uint8Array.of(0xed, 0xa0, 0x80), 'stack.yml:1:1: error: the file is not UTF-8'],
    ['50 MB', new Uint8Array(50_000_000).fill(97), 'stack.yml:1:1: error: the file has 47.7 MiB'],
    ['nothing', '', 'stack.yml:1:1: error: top-level object must be a mapping'],
    ['a list', '- a', 'stack.yml:1:1: error: top-level object must be a mapping'],
    ['tabs', 'services:\n\ta: b', 'stack.yml:2:1: error: this is not YAML: tabs are not allowed'],
    ['an open quote', 'services: {a: {image: "x}}', 'error: this is not YAML: missing closing "quote'],
    [
      'two documents',
      'services: {}\n---\nservices: {}',
      'stack.yml:3:1: error: the file holds a second document',
    ],
    [
      'deep nesting',
      `services: {}\nx-a: ${'['.repeat(200)}${']'.repeat(200)}`,
      'error: the file is nested too deeply',
    ],
    ['very deep nesting', `x-a: ${'['.repeat(50_000)}`, 'error: the file is nested too deeply'],
  ])('of %s are refused', (_, content, expected) => {
    expect(faults(content)[0]).toContain(expected)
  })

  it('may begin and end with document marks', () => {
    expect(faults('---\nservices: {}\n...\n---\n')).toEqual([])
  })

  it('have all their faults told at once', () => {
    expect(faults('services:\n  a: {image: x, image: y}\n  b: *c\n  8: x\n')).toHaveLength(3)
  })

  it('may be as large as the limit says, and no larger', () => {
    const text = `services: {}\nx-a: "${'a'.repeat(MOST_BYTES - 21)}"\n`
    expect(text).toHaveLength(MOST_BYTES)
    expect(faults(text)).toEqual([])
    expect(faults(`${text}\n`)).toEqual([expect.stringContaining('more than the 4.0 MiB that are read')])
  })
})
