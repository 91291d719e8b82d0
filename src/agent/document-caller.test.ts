import { expect, it, onTestFinished } from 'vitest'
import { Line } from '../phone-line/line.ts'
import {
  allLive,
  type Behaviour,
  FAKE_DIGEST,
  type FakeAnswer,
  fakeEdge,
  type SeenCall,
} from '../testing/fake-edge.ts'
import { until } from '../testing/until.ts'
import { DocumentCaller } from './document-caller.ts'
import type { Settings } from './settings.ts'

const OTHER_DIGEST = 'e'.repeat(43)
const never = new AbortController().signal

const settings: Settings = {
  edges: [],
  tokens: { kind: 'given', tokens: '' },
  cluster: 'home',
  phone: 'pod-0',
  owner: 'mqtt/mosquitto',
  claims: [{ port: 8443, protocol: 'tcp', backendPort: 30_843 }],
  proxyProtocol: 'off',
  sendProxy: 'false',
  interval: 20_000,
  once: false,
  ttl: 60,
  release: true,
  log: 'text',
}

/** A phone that was answered once, and an edge that knows its document by another digest from its second call on. */
async function answeredOnce(second: Behaviour, third: Behaviour = second) {
  let held = FAKE_DIGEST
  let puts = 0
  const edge = await fakeEdge(onTestFinished, {
    behaviour: (call) => {
      if (call.method === 'DELETE') {
        const isHeld = call.headers['if-match'] === `"${held}"`
        return isHeld ? { status: 204 } : { status: 412, body: { code: 'digest-mismatch' } }
      }
      puts++
      if (puts === 1) return allLive(call)
      held = OTHER_DIGEST
      return puts === 2 ? second(call) : third(call)
    },
  })
  const trust = { kind: 'fingerprint', fingerprint: edge.identity.fingerprint } as const
  const line = new Line({ url: new URL(edge.url), trust })
  const caller = new DocumentCaller({
    ...{ line, settings, token: edge.token, tokenId: 'test0001', startedAt: 5 },
    // Longer than a test may take.
    limits: { timeout: 300_000, maxBytes: 10_000 },
  })
  onTestFinished(() => caller.close())
  expect(await caller.call(never)).toMatchObject({ kind: 'answered', digest: FAKE_DIGEST })
  const methods = () => edge.calls.slice(1).map(({ method }) => method)
  return { caller, edge, methods }
}

/** As `allLive`, of the document that is held by the other digest. */
const otherLive = async (call: SeenCall): Promise<FakeAnswer> => {
  const answer = await allLive(call)
  if (typeof answer === 'string' || typeof answer.body !== 'object') throw new Error('no answer')
  return { ...answer, body: { ...answer.body, digest: OTHER_DIGEST } }
}

/** The edge has taken it, and what stands before it says something else. */
const lost: Behaviour = () => ({ status: 502, headers: { 'content-type': 'text/html' }, body: 'Bad Gateway' })

it('a release waits for the call that was under way, and gives up what that one claimed', async () => {
  let answer = () => {}
  const isAnswered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const { caller, edge, methods } = await answeredOnce(async (call) => {
    await isAnswered
    return otherLive(call)
  })
  const stop = new AbortController()
  const call = caller.call(stop.signal)
  await until(() => edge.calls.length === 2)
  stop.abort()
  expect(await call).toMatchObject({ refusal: { code: 'edge-unreachable' } })
  const release = caller.release(never)
  answer()
  expect(await release).toBe('released')
  expect(methods()).toEqual(['PUT', 'DELETE'])
  expect(edge.connections).toBe(1)
})

it('a release gives up what a call has claimed whose answer was lost', async () => {
  const { caller, methods } = await answeredOnce(lost, otherLive)
  expect(await caller.call(never)).toMatchObject({ refusal: { code: 'edge-unreachable' } })
  expect(await caller.release(never)).toBe('released')
  expect(methods()).toEqual(['PUT', 'DELETE', 'PUT', 'DELETE'])
})

it('a release whose last answer was lost leaves what a successor has put since', async () => {
  const outdated = {
    code: 'document-outdated',
    title: 't',
    detail: 'sequence 5 is below 9',
    permanent: false,
  }
  const { caller, methods } = await answeredOnce(lost, () => ({
    status: 409,
    headers: { 'content-type': 'application/problem+json' },
    body: outdated,
  }))
  await caller.call(never)
  expect(await caller.release(never)).toBe('replaced')
  expect(methods()).toEqual(['PUT', 'DELETE', 'PUT'])
})

it('a release that is out of time cuts the call that it waits for', async () => {
  const { caller, edge, methods } = await answeredOnce(() => 'hang')
  const stop = new AbortController()
  const call = caller.call(stop.signal)
  await until(() => edge.calls.length === 2)
  stop.abort()
  await call
  const deadline = new AbortController()
  const release = caller.release(deadline.signal)
  deadline.abort()
  expect(await release).toMatchObject({ refusal: { detail: 'the call before it had no answer in time' } })
  await until(() => edge.openConnections === 0)
  expect(methods()).toEqual(['PUT'])
})
