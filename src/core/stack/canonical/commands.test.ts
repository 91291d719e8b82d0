import { describe, expect, it } from 'vitest'
import { readWeb } from '../../../testing/stack.ts'
import { shellWords } from './shell-words.ts'

describe('a command in one string', () => {
  it.each([
    ['a b', ['a', 'b']],
    ['  a\t b \n c', ['a', 'b', 'c']],
    ['a "b c" \'d e\'', ['a', 'b c', 'd e']],
    ['a"b"\'c\'', ['abc']],
    ['"a\\"b"', ['a"b']],
    ["'a\\b'", ['a\\b']],
    ['"a\\nb"', ['anb']],
    ['a\\ b', ['a b']],
    ['"" \'\'', ['', '']],
    ['a # b', ['a']],
    ['a#b', ['a#b']],
    ['# a\nb', ['b']],
    ['', []],
    ['a "b', 'EOF found when expecting closing quote'],
    ["a 'b", 'EOF found when expecting closing quote'],
    ['a \\', 'EOF found after escape character'],
  ])('%j', (text, expected) => {
    expect(shellWords(text)).toEqual(expected)
  })

  it('is split after variables were put in, and $$ is a dollar', () => {
    const { web } = readWeb('command: "a $B $$C"\nentrypoint: [/x y]', { variables: { B: 'b c' } })
    expect(web).toMatchObject({ command: ['a', 'b', 'c', '$C'], entrypoint: ['/x y'] })
  })
})

describe('healthcheck', () => {
  it('in one string is for the shell', () => {
    expect(readWeb('healthcheck: {test: "curl -f x || exit 1"}').web?.healthcheck?.test).toEqual([
      'CMD-SHELL',
      'curl -f x || exit 1',
    ])
  })

  it('keeps what is said, in nanoseconds', () => {
    const { web } = readWeb(
      'healthcheck: {test: [NONE], interval: 1m30s, timeout: 0s, retries: 3, disable: true}',
    )
    expect(web?.healthcheck).toMatchObject({
      test: ['NONE'],
      interval: 90_000_000_000n,
      timeout: 0n,
      retries: 3,
      disable: true,
    })
  })
})
