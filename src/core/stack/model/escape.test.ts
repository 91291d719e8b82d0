import fc from 'fast-check'
import { expect, it } from 'vitest'
import { escapeReferences } from './escape.ts'

/** As k8s.io/kubernetes/third_party/forked/golang/expansion does it, every variable being known. */
function expand(text: string): string {
  return text.replace(/\$(\$|\(([^)]*)\)|\()/g, (_, what: string, name?: string) => {
    if (what === '$') return '$'
    return name === undefined ? '$(' : `<${name}>`
  })
}

it.each([
  ['$HOME', '$HOME'],
  ['$(date)', '$$(date)'],
  ['a$$b', 'a$$$b'],
  ['100$', '100$'],
])('%s is written %s', (text, escaped) => {
  expect(escapeReferences(text)).toBe(escaped)
})

it('comes out of Kubernetes as it went in', () => {
  const text = fc.string({ unit: fc.constantFrom('$', '(', ')', 'A', ' ') })
  fc.assert(
    fc.property(text, (any) => {
      expect(expand(escapeReferences(any))).toBe(any)
    }),
  )
})
