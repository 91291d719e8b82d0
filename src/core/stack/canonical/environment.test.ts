import { describe, expect, it } from 'vitest'
import { type GivenStack, readWeb } from '../../../testing/stack.ts'

function environment(lines: string, given?: GivenStack) {
  const { web, problems } = readWeb(lines, given)
  expect(problems).toEqual([])
  return Object.fromEntries(web?.environment ?? [])
}

describe('environment', () => {
  it('is a map or a list', () => {
    const expected = { A: '1', B: '', C: null, D: 'x=y' }
    expect(environment('environment: {A: 1, B: "", C: , D: x=y}')).toEqual(expected)
    expect(environment('environment: [A=1, B=, C, D=x=y]')).toEqual(expected)
  })

  it('takes from the caller what has no value, or an empty one', () => {
    const variables = { A: 'a', B: 'b', C: 'c' }
    expect(environment('environment: [A, B=, C=own]', { variables })).toEqual({ A: 'a', B: 'b', C: 'own' })
  })

  it('is over the env_files, and the later of those over the earlier', () => {
    const files = { 'a.env': 'A=a\nB=a\nC=a', 'b.env': 'B=b\nC=b' }
    expect(environment('env_file: [a.env, ./b.env]\nenvironment: {C: own}', { files })).toEqual({
      A: 'a',
      B: 'b',
      C: 'own',
    })
  })

  it('has places: of its own entries, and of the env_file that brought one', () => {
    const { places } = readWeb('env_file:\n  - a.env\nenvironment:\n  - B=b', { files: { 'a.env': 'A=a' } })
    expect(places.of(['services', 'web', 'environment', 'A'])?.line).toBe(4)
    expect(places.of(['services', 'web', 'environment', 'B'])?.line).toBe(6)
  })
})

describe('an env_file', () => {
  it.each([
    ['A="x y"', '"x y"'],
    ["A='x'", "'x'"],
    ['A=$B', '$B'],
    ['A=x # no comment', 'x # no comment'],
    ['A=x  ', 'x  '],
    ['  A=x', 'x'],
    ['A= x', ' x'],
    ['A=x\r\n', 'x'],
    ['\uFEFFA=x', 'x'],
    ['# c\n\nA=x=y', 'x=y'],
  ])('is read literally: %j', (content, expected) => {
    expect(environment('env_file: a.env', { files: { 'a.env': content } })).toEqual({ A: expected })
  })

  it('leaves out a key alone, unless the caller has it', () => {
    const files = { 'a.env': 'A\nB' }
    expect(environment('env_file: a.env', { files, variables: { A: 'a' } })).toEqual({ A: 'a' })
  })

  it.each([
    ['A B=x', "invalid env file (/stack/a.env): variable 'A B' contains whitespaces, on line 1"],
    ['\n=x', 'invalid env file (/stack/a.env): no variable name on line 2'],
    [Uint8Array.of(65, 61, 10, 0xff), 'invalid env file (/stack/a.env): invalid utf8 bytes at line 2'],
    [`A=${'x'.repeat(70_000)}`, 'invalid env file (/stack/a.env): line 1 is too long'],
  ])('is refused with the line: %j', (content, message) => {
    expect(readWeb('env_file: a.env', { files: { 'a.env': content } }).problems).toEqual([
      `stack.yml:3:15: error: ${message}`,
    ])
  })

  it('must be there', () => {
    expect(readWeb('env_file:\n  - nope.env').problems).toEqual([
      'stack.yml:4:9: error: open /stack/nope.env: no such file or directory',
    ])
  })
})
