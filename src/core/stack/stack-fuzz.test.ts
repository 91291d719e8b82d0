// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Docker's variables
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readTexts } from '../../testing/stack.ts'
import { excerptOf } from './excerpt.ts'
import { readUtf8 } from './parse/utf8.ts'
import { printStack } from './print/print-stack.ts'

const scalar = fc.oneof(
  fc.string({ maxLength: 12, unit: 'binary' }),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    '80:80',
    '1m30s',
    '512M',
    './a:/b:ro',
    '$A',
    '${A:-b}',
    '${',
    'a "b',
    'yes',
    '2024-01-01',
    '~/x',
  ),
)
const key = fc.constantFrom(
  ...[
    'services',
    'networks',
    'volumes',
    'secrets',
    'configs',
    'version',
    'x-a',
    'web',
    'image',
    'ports',
    'environment',
  ],
  ...[
    'labels',
    'deploy',
    'replicas',
    'command',
    'healthcheck',
    'test',
    'ulimits',
    'nofile',
    'soft',
    'external',
    'name',
  ],
  ...[
    'resources',
    'limits',
    'memory',
    'placement',
    'constraints',
    'build',
    '__proto__',
    '<<',
    'target',
    'source',
    'type',
  ],
)
const { document } = fc.letrec<{ document: unknown }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    scalar,
    fc.array(tie('document'), { maxLength: 3 }),
    fc.dictionary(key, tie('document'), { maxKeys: 5 }),
  ),
}))

/** Stacks that are mostly right, of the values that a service may have. */
const text = fc.string({ maxLength: 20 })
const service = fc.record(
  {
    image: text,
    command: fc.oneof(text, fc.array(text, { maxLength: 3 })),
    environment: fc.dictionary(
      text,
      fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constant(null)),
    ),
    ports: fc.uniqueArray(
      fc.constantFrom('80', '1:2', '5-7:5-7/udp', '[::1]:9:9', '127.0.0.1:8:8', '9-8:1', 'x'),
    ),
    volumes: fc.array(fc.oneof(fc.constantFrom('a:/b', './a:/c:ro', '/d'), text), { maxLength: 4 }),
    deploy: fc.record(
      { replicas: fc.integer({ min: -1, max: 5 }), labels: fc.dictionary(text, text) },
      { requiredKeys: [] },
    ),
    'x-y': fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const stack = fc.record({ services: fc.dictionary(fc.constantFrom('a', 'b', 'c9', 'c10'), service) })

function holds(texts: readonly (string | Uint8Array)[]) {
  const { stack: read, problems } = readTexts(texts, { variables: { A: 'a' } })
  // Refused with a reason, or accepted without an error.
  expect(read === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
  for (const { place, detail } of problems) {
    expect(detail).not.toBe('')
    expect(place?.line).toBeGreaterThanOrEqual(1)
    const content = texts[place?.file === 'stack.yml' ? 0 : 1] ?? ''
    if (place && typeof content === 'string') expect(excerptOf(content, place)).toMatch(/ \| *\^$/)
  }
  return read
}

describe('whatever is given', () => {
  it('is read or refused: bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void holds([bytes])))
  })

  it('is read or refused: text of what YAML is made of', () => {
    const piece = fc.constantFrom(
      '\n',
      '  ',
      ' ',
      '- ',
      ': ',
      '? ',
      '&a ',
      '*a',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
      '|',
      '>',
      '#',
      '!!str ',
      '%',
      '---',
      '\t',
      'a',
      'services:',
      '\r\n',
      '...',
      '\u0000',
      '\\',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void holds([pieces.join('')])),
      { numRuns: 300 },
    )
  })

  it('is read or refused: documents of the right words', () => {
    fc.assert(
      fc.property(document, (value) => void holds([JSON.stringify(value)])),
      { numRuns: 300 },
    )
  })

  it('comes out the same again: what is printed is read as what was printed', () => {
    fc.assert(
      fc.property(stack, (value) => {
        const read = holds([JSON.stringify(value)])
        if (!read) return
        const once = printStack(read)
        // What is printed is no longer to be interpolated.
        fc.pre(!once.includes('$'))
        const again = holds([once])
        expect(again && printStack(again)).toBe(once)
      }),
      { numRuns: 300 },
    )
  })

  it('is merged without a fault', () => {
    fc.assert(fc.property(stack, stack, (a, b) => void holds([JSON.stringify(a), JSON.stringify(b)])))
  })

  it('merged over nothing stays what it is', () => {
    fc.assert(
      fc.property(stack, (value) => {
        const read = holds([JSON.stringify(value)])
        const merged = holds(['services: {}', JSON.stringify(value)])
        if (read && merged) expect({ ...merged, extras: new Map() }).toEqual({ ...read, extras: new Map() })
      }),
    )
  })
})

describe('UTF-8', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), (written) => {
        fc.pre(!written.startsWith('\uFEFF'))
        expect(readUtf8(new TextEncoder().encode(written))).toEqual({ text: written })
      }),
    )
  })

  it('is refused where a strict decoder refuses it', () => {
    const strict = new TextDecoder('utf-8', { fatal: true })
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 8 }), (bytes) => {
        let expected: string | undefined
        try {
          expected = strict.decode(bytes)
        } catch {}
        const read = readUtf8(bytes)
        expect('text' in read ? read.text : undefined).toBe(expected)
      }),
      { numRuns: 2_000 },
    )
  })
})
