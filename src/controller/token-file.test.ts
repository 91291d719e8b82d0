import { describe, expect, it } from 'vitest'
import { fakeToken } from '../testing/fake-edge.ts'
import { TokenFile } from './token-file.ts'
import { TokenUnreadable } from './token-unreadable.ts'

const [A, B] = [fakeToken('A'.repeat(43)), fakeToken('B'.repeat(43))]

function tokenFile(edges = 2) {
  const file = { text: '' }
  const faults: string[] = []
  const tokens = new TokenFile({
    path: '/token',
    edges,
    readFile: () => {
      if (file.text === '') throw Object.assign(new Error('no such file'), { code: 'ENOENT' })
      return file.text
    },
    onFault: (fault) => faults.push(fault),
  })
  return { file, faults, tokens }
}

describe('a file of tokens', () => {
  it('has one for all edges, or one for each', () => {
    const { file, tokens } = tokenFile()
    file.text = `${A}\n`
    expect([tokens.token(0), tokens.token(1)]).toEqual([A, A])
    file.text = `${A}\n${B}\n`
    expect([tokens.token(0), tokens.token(1)]).toEqual([A, B])
  })

  it.each([
    ['', '/token cannot be read (ENOENT)'],
    [`${A} ${A} ${A}`, '/token has 3 tokens for 2 edges: one, or one for each'],
    [`${A} secret-word`, '/token: a token has the form hp1.<fingerprint>.<id>.<secret>'],
  ])('says what is wrong, and may come late: %#', (text, message) => {
    const { file, faults, tokens } = tokenFile()
    file.text = text
    expect(() => tokens.token(0)).toThrow(new TokenUnreadable(message))
    file.text = A
    expect(tokens.token(0)).toBe(A)
    expect(faults).toEqual([])
  })

  it('is no longer needed once it was good: what was in it goes on, and is told once', () => {
    const { file, faults, tokens } = tokenFile()
    file.text = A
    tokens.token(0)
    file.text = ''
    expect([tokens.token(0), tokens.token(1)]).toEqual([A, A])
    expect(faults).toEqual(['/token cannot be read (ENOENT)'])
    file.text = B
    expect(tokens.token(1)).toBe(B)
    file.text = ''
    tokens.token(0)
    expect(faults).toHaveLength(2)
  })
})
