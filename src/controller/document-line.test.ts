import { describe, expect, it, onTestFinished } from 'vitest'
import { type Behaviour, FAKE_DIGEST, type FakeAnswer, fakeEdge, fakeToken } from '../testing/fake-edge.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { DocumentLine, type Taken } from './document-line.ts'
import type { Failed } from './edge-line.ts'

const claim: ClaimRequest = {
  owner: 'web/nginx',
  port: 443,
  backends: [{ address: '10.0.0.1', port: 30443 }],
}
const wanted = { fence: 7, sequence: 1, claims: [claim] }

/** An edge that holds whatever it is given; `revision` says of its answers which they are. */
async function line() {
  const state: { revision: string; held: FakeAnswer } = {
    revision: 'r1',
    held: { status: 200, body: { digest: FAKE_DIGEST, claims: [claim] } },
  }
  const behaviour: Behaviour = ({ method, path, body }) => {
    if (method === 'DELETE') return { status: 204 }
    if (path.endsWith('/document')) return state.held
    const headers = { 'homeport-revision': state.revision }
    if (method === 'PUT' && body === '') return { status: 204, headers }
    const answer = { index: 0, owner: 'web/nginx', port: 443, protocol: 'tcp', state: 'live' }
    // As the edge does it: what is read has no revision of its own.
    return {
      status: 200,
      body: { digest: FAKE_DIGEST, claims: [answer] },
      ...(method === 'PUT' && { headers }),
    }
  }
  const edge = await fakeEdge(onTestFinished, { behaviour })
  const token = { text: edge.token }
  const time = { now: 0 }
  const subject = new DocumentLine({
    url: new URL(edge.url),
    cluster: 'home',
    document: 'homeport.controller',
    ttl: 60,
    now: () => time.now,
    token: () => token.text,
  })
  onTestFinished(() => subject.close())
  const methods = () => edge.calls.map(({ method, body }) => (body ? `${method} whole` : method))
  return { subject, edge, state, token, time, methods, usual: behaviour }
}

const signal = new AbortController().signal

function taken(result: Taken | Failed | 'stale'): Taken {
  if (result === 'stale' || 'refusal' in result) throw new Error(JSON.stringify(result))
  return result
}

it('renews what it has put by its digest, and reads nothing while the edge would answer the same', async () => {
  const { subject, methods } = await line()
  const first = taken(await subject.put(wanted, signal))
  expect(await subject.renew(first, signal)).toBe(first)
  expect(methods()).toEqual(['PUT whole', 'PUT'])
})

it('reads the new answer once when there is one', async () => {
  const { subject, state, methods } = await line()
  const first = taken(await subject.put(wanted, signal))
  state.revision = 'r2'
  const second = taken(await subject.renew(first, signal))
  expect(second).not.toBe(first)
  expect(await subject.renew(second, signal)).toBe(second)
  expect(methods()).toEqual(['PUT whole', 'PUT', 'GET', 'PUT'])
})

describe('what an edge holds', () => {
  const problem = (code: string) => ({ status: 404, body: { code, status: 404, title: 'x' } })

  it('is read back as claims', async () => {
    const { subject } = await line()
    expect(await subject.recall(signal)).toMatchObject({ claims: [claim] })
  })

  it.each(['document-unknown', 'not-found'])('is nothing where the edge says %s', async (code) => {
    const { subject, state } = await line()
    state.held = problem(code)
    expect(await subject.recall(signal)).toEqual({ digest: '', claims: [] })
  })

  it('is read without a claim of a form that is not known here', async () => {
    const { subject, state } = await line()
    state.held = { status: 200, body: { digest: 'x', claims: [{ owner: '../..' }, claim] } }
    expect(await subject.recall(signal)).toEqual({ digest: 'x', claims: [claim] })
  })

  it.each<FakeAnswer>([
    { status: 404, body: '<html>no such page</html>' },
    { status: 503, body: 'one moment' },
    { status: 200, body: { claims: 'none' } },
  ])('is not known where something else answers: $status', async (held) => {
    const { subject, state } = await line()
    state.held = held
    expect(await subject.recall(signal)).toHaveProperty('refusal')
  })
})

describe('another token in the file', () => {
  it('has a document of its own, and the one of the token before is released when that is there', async () => {
    const { subject, edge, token } = await line()
    await subject.put(wanted, signal)
    const before = token.text
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    const taken = await subject.put(wanted, signal)
    expect(taken).toHaveProperty('digest')
    const calls = edge.calls.map(({ method, path, headers }) => [
      `${method} ${path.replace(/^.*phones\/controller/, '')}`,
      headers.authorization === `Bearer ${before}` ? 'before' : 'now',
    ])
    expect(calls).toEqual([
      ['PUT .test0001.homeport.controller', 'before'],
      ['PUT .test0002.homeport.controller', 'now'],
      ['DELETE .test0001.homeport.controller', 'before'],
    ])
    await subject.put(wanted, signal)
    expect(edge.calls).toHaveLength(4)
  })

  it.each<FakeAnswer | 'cut'>([
    { status: 503, body: 'one moment' },
    { status: 429, body: { code: 'rate-limited', status: 429, title: 'x' } },
    { status: 403, body: 'a firewall' },
    'cut',
  ])('has the one before released with a renewal where that failed at first: %o', async (fault) => {
    const { subject, edge, token, usual } = await line()
    await subject.put(wanted, signal)
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    edge.behave((call) => (call.method === 'DELETE' ? fault : usual(call)))
    const first = taken(await subject.put(wanted, signal))
    expect(first.isAlone).toBe(false)
    expect(await subject.renew(first, signal)).toBe(first)
    edge.behave(usual)
    const second = taken(await subject.renew(first, signal))
    expect(second).toEqual({ ...first, isAlone: true })
    const deletes = () => edge.calls.filter(({ method }) => method === 'DELETE').length
    const before = deletes()
    expect(await subject.renew(second, signal)).toBe(second)
    expect(deletes()).toBe(before)
  })

  it.each<FakeAnswer>([
    { status: 401 },
    { status: 404 },
    { status: 403, body: { code: 'outside-scope', status: 403, title: 'x' } },
  ])('has nothing to release where the edge answers %o', async (answer) => {
    const { subject, edge, token, usual } = await line()
    await subject.put(wanted, signal)
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    edge.behave((call) => (call.method === 'DELETE' ? answer : usual(call)))
    expect(taken(await subject.put(wanted, signal)).isAlone).toBe(true)
  })

  it('has nothing to release where the edge is another one by now, with a key of its own', async () => {
    const { subject, edge, token } = await line()
    token.text = fakeToken('A'.repeat(43), 'test0000')
    expect(await subject.put(wanted, signal)).toMatchObject({ refusal: { code: 'edge-untrusted' } })
    token.text = edge.token
    expect(taken(await subject.put(wanted, signal)).isAlone).toBe(true)
  })

  it('waits for the one before no longer than until that has lapsed', async () => {
    const { subject, edge, token, time, usual } = await line()
    await subject.put(wanted, signal)
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    edge.behave((call) => (call.method === 'DELETE' ? { status: 403, body: 'a firewall' } : usual(call)))
    time.now = 3_600_000
    const first = taken(await subject.put(wanted, signal))
    expect(first.isAlone).toBe(false)
    time.now += 61_000
    expect(taken(await subject.renew(first, signal)).isAlone).toBe(true)
  })

  it.each(['test0001', 'test0002'])(
    'that is no good keeps what was put by the one before: %s',
    async (id) => {
      const { subject, edge, token, usual } = await line()
      const good = token.text
      const first = taken(await subject.put(wanted, signal))
      edge.behave((call) => (call.headers.authorization === `Bearer ${good}` ? usual(call) : { status: 401 }))
      token.text = `${fakeToken(edge.identity.fingerprint, id).slice(0, -1)}A`
      expect(await subject.put(wanted, signal)).toHaveProperty('refusal')
      expect(await subject.keep(first.digest, signal)).toBe(true)
      const { path, headers } = edge.calls.at(-1) ?? {}
      expect([path, headers?.['if-match']]).toEqual([edge.calls[0]?.path, `"${first.digest}"`])
    },
  )

  it('that is no good keeps what a leader before this one has put', async () => {
    const { subject, edge, token, usual } = await line()
    const good = token.text
    await subject.recall(signal)
    edge.behave((call) => (call.headers.authorization === `Bearer ${good}` ? usual(call) : { status: 401 }))
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    expect(await subject.put(wanted, signal)).toHaveProperty('refusal')
    expect(await subject.keep(FAKE_DIGEST, signal)).toBe(true)
  })

  it('that the edge does not know leaves the document of the one before as it is', async () => {
    const { subject, edge, token } = await line()
    await subject.put(wanted, signal)
    edge.behave(() => ({ status: 401, body: { code: 'token-unknown', status: 401, title: 'x' } }))
    token.text = fakeToken(edge.identity.fingerprint, 'test0002')
    expect(await subject.put(wanted, signal)).toMatchObject({ refusal: { code: 'token-unknown' } })
    expect(edge.calls.map(({ method }) => method)).toEqual(['PUT', 'PUT'])
  })
})
