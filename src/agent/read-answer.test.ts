import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAnswer } from './read-answer.ts'
import { standingOf } from './verdict.ts'

const reply = (status: number, body: unknown) => ({
  status,
  type: 'application/json',
  text: typeof body === 'string' ? body : JSON.stringify(body),
})
const live = {
  index: 0,
  port: 8443,
  protocol: 'tcp',
  state: 'live',
  backends: [{ address: '192.0.2.7', port: 30843, health: 'checking' }],
}
const taken = {
  index: 1,
  port: 443,
  protocol: 'tcp',
  state: 'refused',
  code: 'port-taken',
  permanent: false,
  detail: 'it is',
}
const outside = { ...taken, code: 'outside-scope', permanent: true }

describe('readAnswer', () => {
  it.each([
    ['A-_9'.repeat(11).slice(1), true],
    ['d', false],
    [`${'d'.repeat(42)}\n`, false],
    [7, false],
  ])('keeps the digest %j where it is one: %s', (digest, isOne) => {
    const verdict = readAnswer(reply(200, { digest, claims: [live] }), 1)
    expect(verdict).toHaveProperty('kind', 'answered')
    expect('digest' in verdict && verdict.digest).toBe(isOne && digest)
  })

  it.each([
    [[live], 200, 'live'],
    [[live, taken], 207, 'waiting'],
    [[live, outside], 207, 'waiting'],
    [[taken, outside], 409, 'waiting'],
    [[outside], 403, 'hopeless'],
  ])('claims %#: standing', (claims, status, standing) => {
    const verdict = readAnswer(reply(status, { digest: 'd', claims }), claims.length)
    expect(verdict.kind).toBe('answered')
    expect(standingOf(verdict)).toBe(standing)
  })

  it('tells ports, refusals with their remedy, and the health of backends', () => {
    const down = {
      ...live,
      backends: [{ address: '2001:db8::1', port: 1, health: 'down', reason: 'Connection refused' }],
    }
    expect(readAnswer(reply(207, { claims: [down, taken] }), 2)).toEqual({
      kind: 'answered',
      ports: [
        {
          port: 'tcp/8443',
          backends: [{ name: '[2001:db8::1]:1', health: 'down', reason: 'Connection refused' }],
        },
        {
          port: 'tcp/443',
          backends: [],
          refusal: {
            code: 'port-taken',
            detail: 'it is',
            permanent: false,
            remedy: expect.stringContaining('Claim another port'),
          },
        },
      ],
    })
  })

  it.each([
    [401, { code: 'token-unknown', detail: 'no such token', permanent: true }, 'token-unknown', true],
    [503, { code: 'storage-failed' }, 'storage-failed', false],
    [422, { code: 'of-a-newer-edge', permanent: true }, 'of-a-newer-edge', true],
    [301, '<html>moved</html>', 'edge-unreachable', false],
    [200, '<html>log in to the wireless network</html>', 'edge-unreachable', false],
    [200, { code: 'token-unknown', permanent: true }, 'edge-unreachable', false],
    [200, { claims: [] }, 'edge-unreachable', false],
    [200, { claims: [live, live] }, 'edge-unreachable', false],
    [200, { claims: [{ state: 'perhaps' }] }, 'edge-unreachable', false],
    [200, 'null', 'edge-unreachable', false],
  ])('a whole refusal: %d %j', (status, body, code, permanent) => {
    const verdict = readAnswer(reply(status, body), 1)
    expect(verdict).toMatchObject({ kind: 'refused', refusal: { code, permanent } })
  })

  it('takes any garbage for no answer, without failing', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 599 }), fc.jsonValue(), fc.string(), (status, value, text) => {
        for (const body of [text, { claims: [value] }, value]) {
          const verdict = readAnswer(reply(status, body), 1)
          expect(standingOf(verdict)).not.toBe('live')
        }
      }),
    )
  })
})
