import { expect, it, onTestFinished } from 'vitest'
import { type Behaviour, FAKE_DIGEST, fakeEdge } from '../testing/fake-edge.ts'
import type { ClaimRequest } from '../wire/claim.ts'
import { DocumentLine, type Failed, type Taken } from './document-line.ts'

const claim: ClaimRequest = {
  owner: 'web/nginx',
  port: 443,
  backends: [{ address: '10.0.0.1', port: 30443 }],
}
const wanted = { fence: 7, sequence: 1, claims: [claim] }

/** An edge that holds whatever it is given; `revision` says of its answers which they are. */
async function line() {
  const state = { revision: 'r1' }
  const behaviour: Behaviour = ({ method, body }) => {
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
  const subject = new DocumentLine({
    url: new URL(edge.url),
    cluster: 'home',
    ttl: 60,
    token: () => token.text,
  })
  onTestFinished(() => subject.close())
  const methods = () => edge.calls.map(({ method, body }) => (body ? `${method} whole` : method))
  return { subject, edge, state, token, methods }
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
