import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { yamlText } from './yaml-text.ts'

it('is read again as what it was, by YAML 1.2 and by 1.1', () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'yes',
      'No',
      '~',
      '',
      '2222:22',
      '0x10',
      '1e3',
      '.inf',
      '2001-01-01',
      '=',
      '<<',
      '- a',
      'a: b',
      '#',
      ' x',
      'x ',
    ),
    fc.array(fc.string(), { minLength: 8 }).map((list) => `${list.join('\n')}\n`),
    fc.constantFrom(`${'long '.repeat(20)}\n\n\n`, `\n${'x'.repeat(80)}\n`, `\t${'x'.repeat(80)}\n  y\n`),
  )
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(text, tie('value'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(text, value, { noNullPrototype: true, maxKeys: 4 }), (object) => {
      for (const version of ['1.2', '1.1'] as const) {
        expect(parse(yamlText([{ top: object }]), { version, merge: false, maxAliasCount: 0 })).toEqual({
          top: object,
        })
      }
    }),
  )
})

it('leaves out what is not there, and parts documents', () => {
  const written = yamlText([{ a: 1, b: undefined, c: [{ d: [] }, ['e']], g: { h: undefined } }, { f: {} }])
  expect(written).toBe('---\na: 1\nc:\n- d: []\n- - e\ng: {}\n---\nf: {}\n')
  expect(parseAllDocuments(written)).toHaveLength(2)
})
