import { describe, expect, it } from 'vitest'
import { errorEntry } from '../wire/error-codes.ts'
import type { Caller, Release } from './caller.ts'
import type { Pair } from './pairing.ts'
import { RotatingCaller } from './rotating-caller.ts'
import type { Verdict } from './verdict.ts'

const signal = new AbortController().signal
const live: Verdict = { kind: 'answered', ports: [{ port: 'tcp/8443', backends: [] }] }

function refused(code: 'outside-scope' | 'token-unknown' | 'edge-unreachable' | 'storage-failed'): Verdict {
  const permanent = errorEntry(code).lasts === 'permanent'
  return { kind: 'refused', refusal: { code, detail: 'd', remedy: 'r', permanent } }
}

/** Tokens in a file, and what the edge answers to each of them; `done` is what was called, in order. */
function rotating() {
  const done: string[] = []
  const open = new Set<string>()
  const verdicts = new Map<string, Verdict>()
  const releases = new Map<string, Release>()
  const file: { style: Pair['style']; token: string } = { style: 'document', token: 'A' }
  const callerFor = ({ token }: Pair): Caller => {
    open.add(token)
    return {
      call: async () => {
        done.push(`call ${token}`)
        return verdicts.get(token) ?? live
      },
      release: async () => {
        done.push(`release ${token}`)
        return releases.get(token) ?? 'released'
      },
      reset: () => done.push(`reset ${token}`),
      close: () => open.delete(token),
    }
  }
  const pair = (): Pair => {
    const { style, token } = file
    const edge = new URL('https://192.0.2.1:9443')
    return style === 'hook'
      ? { style, edge, token }
      : { style, edge, token, tokenId: `id-${token}`, fingerprint: 'f' }
  }
  const subject = new RotatingCaller({ pair, callerFor, mayChange: true })
  const callWith = async (token: string) => {
    file.token = token
    done.length = 0
    await subject.call(signal)
    return [...done]
  }
  return { subject, file, verdicts, releases, open, done, callWith }
}

describe('another token in the file', () => {
  it('has the claims of the one before given up once its own are live, and once', async () => {
    const { callWith, open } = rotating()
    expect(await callWith('A')).toEqual(['call A'])
    expect(await callWith('B')).toEqual(['call B', 'release A'])
    expect(await callWith('B')).toEqual(['call B'])
    expect([...open]).toEqual(['B'])
  })

  it('has what is live given up also where tokens in between were refused', async () => {
    const { callWith, verdicts, open } = rotating()
    await callWith('A')
    for (const token of ['B', 'C']) {
      verdicts.set(token, refused('outside-scope'))
      expect(await callWith(token)).toEqual([`call ${token}`])
    }
    expect(await callWith('D')).toEqual(['call D', 'release A', 'release B', 'release C'])
    expect([...open]).toEqual(['D'])
  })

  it.each(['edge-unreachable', 'storage-failed'] as const)(
    'has them given up with the next call where that failed: %s',
    async (code) => {
      const { callWith, releases } = rotating()
      await callWith('A')
      releases.set('A', refused(code))
      expect(await callWith('B')).toEqual(['call B', 'release A'])
      expect(await callWith('B')).toEqual(['call B', 'release A'])
      releases.clear()
      expect(await callWith('B')).toEqual(['call B', 'release A'])
      expect(await callWith('B')).toEqual(['call B'])
    },
  )

  it.each<Release>(['replaced', refused('token-unknown'), refused('outside-scope')])(
    'leaves to lapse what it may not give up: %o',
    async (release) => {
      const { callWith, releases, open } = rotating()
      await callWith('A')
      releases.set('A', release)
      await callWith('B')
      expect(await callWith('B')).toEqual(['call B'])
      expect([...open]).toEqual(['B'])
    },
  )

  it('that is back is called as before, and keeps its claims', async () => {
    const { callWith, verdicts, open } = rotating()
    verdicts.set('B', refused('outside-scope'))
    await callWith('A')
    await callWith('B')
    expect(await callWith('A')).toEqual(['call A', 'release B'])
    expect(await callWith('A')).toEqual(['call A'])
    expect([...open]).toEqual(['A'])
  })

  it("of the original call takes over the other's claims", async () => {
    const { callWith, file, open } = rotating()
    await callWith('A')
    file.style = 'hook'
    expect(await callWith('word')).toEqual(['call word', 'release A'])
    expect(await callWith('word 2')).toEqual(['call word 2'])
    expect([...open]).toEqual(['word 2'])
  })
})

describe('an agent that is told to stop', () => {
  it('gives up what every token has claimed', async () => {
    const { callWith, verdicts, subject, done, open } = rotating()
    await callWith('A')
    verdicts.set('B', refused('outside-scope'))
    await callWith('B')
    done.length = 0
    expect(await subject.release(signal)).toBe('released')
    expect(done.sort()).toEqual(['release A', 'release B'])
    subject.close()
    expect([...open]).toEqual([])
  })
})
