import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseRule, plainHosts, type Rule, ruleText } from './rule.ts'

function both(text: string) {
  const rule = parseRule(text)
  return (
    rule && {
      text: ruleText(rule),
      plain: plainHosts(rule)?.map(({ host, path, exact }) => `${host}${path}${exact ? '' : '*'}`),
    }
  )
}

describe('rules of Traefik', () => {
  it.each([
    ['Host(`A.example.com`)', 'Host(`A.example.com`)', ['a.example.com/*']],
    ['Host(`a.com`, `b.com`)', 'Host(`a.com`) || Host(`b.com`)', ['a.com/*', 'b.com/*']],
    [
      'Host("a.com") && (Path(`/x`) || Path(`/y`))',
      'Host(`a.com`) && (Path(`/x`) || Path(`/y`))',
      ['a.com/x', 'a.com/y'],
    ],
    [
      'Host(`a.com`) && PathPrefix(`/x`) || Host(`b.com`)',
      '(Host(`a.com`) && PathPrefix(`/x`)) || Host(`b.com`)',
      ['a.com/x*', 'b.com/*'],
    ],
    ['hostregexp(`{host:.+}`)', 'HostRegexp(`^(?:.+)$`)', undefined],
    ['Host(`a.com`) && !Path(`/x`)', 'Host(`a.com`) && !Path(`/x`)', undefined],
    ['Host(`a.com`) && Headers(`X`, `1`)', 'Host(`a.com`) && Header(`X`, `1`)', undefined],
    ['Host(`a.com`) && Query(`a=b`)', 'Host(`a.com`) && Query(`a`, `b`)', undefined],
    ['PathPrefix(`/x`)', 'PathPrefix(`/x`)', undefined],
    ['Path(`/{id:[0-9]+}`)', 'PathRegexp(`^/(?:[0-9]+)$`)', undefined],
    ['HostSNI(`*`)', 'HostSNI(`*`)', undefined],
  ])('%s', (text, written, plain) => {
    expect(both(text)).toEqual({ text: written, plain })
  })

  it.each([
    '',
    'Host(`a.com`',
    'Host()',
    'Nonsense(`x`)',
    'Host(`a`) &&',
    'Host(`a`) Host(`b`)',
    '('.repeat(9999),
  ])('refuses %s', (text) => {
    expect(parseRule(text)).toBeUndefined()
  })

  it('reads what it writes', () => {
    const { rule } = fc.letrec<{ rule: Rule }>((tie) => ({
      rule: fc.oneof(
        { maxDepth: 4 },
        fc.record({
          is: fc.constant('match' as const),
          matcher: fc.constantFrom('Host', 'PathPrefix'),
          values: fc.tuple(fc.constantFrom('a.com', '/x')),
        }),
        fc.record({ is: fc.constant('not' as const), part: tie('rule') }),
        fc.record({
          is: fc.constantFrom('or' as const, 'and' as const),
          parts: fc.array(tie('rule'), { minLength: 2, maxLength: 3 }),
        }),
      ),
    }))
    fc.assert(
      fc.property(rule, (any) => {
        expect(parseRule(ruleText(any))).toEqual(any)
      }),
    )
  })
})
