// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are Docker's variables
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anyStack } from '../../testing/any-stack.ts'
import { readTexts } from '../../testing/stack.ts'
import { excerptsOf } from './excerpt.ts'
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

function holds(texts: readonly (string | Uint8Array)[]) {
  const { stack: read, problems } = readTexts(texts, { variables: { A: 'a' } })
  // Refused with a reason, or accepted without an error.
  expect(read === undefined).toBe(problems.some(({ severity }) => severity === 'error'))
  for (const { place, detail, remedy, severity } of problems) {
    expect(detail).not.toBe('')
    if (severity === 'error') expect(remedy).not.toBe('')
    expect(place?.line).toBeGreaterThanOrEqual(1)
    const content = texts[place?.file === 'stack.yml' ? 0 : 1] ?? ''
    if (place && typeof content === 'string') expect(excerptsOf(content)(place)).toMatch(/ \| *\^$/)
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
      fc.property(anyStack, (value) => {
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
    let whole = 0
    fc.assert(
      fc.property(anyStack, anyStack, (a, b) => {
        const merged = holds([JSON.stringify(a), JSON.stringify(b)])
        whole += merged ? 1 : 0
      }),
      { numRuns: 300 },
    )
    // Some forty: random stacks are mostly refused for what they say.
    expect(whole).toBeGreaterThan(5)
  })

  it('merged over nothing stays what it is', () => {
    fc.assert(
      fc.property(anyStack, (value) => {
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
