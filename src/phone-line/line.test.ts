import { describe, expect, it, onTestFinished } from 'vitest'
import { type Behaviour, type FakeEdgeOptions, fakeEdge } from '../testing/fake-edge.ts'
import { until } from '../testing/until.ts'
import { exchange } from './exchange.ts'
import { Line } from './line.ts'

const limits = { timeout: 5_000, maxBytes: 10_000 }

async function edgeAndLine(options: FakeEdgeOptions = {}) {
  const edge = await fakeEdge(onTestFinished, {
    behaviour: () => ({ status: 200, body: 'hello' }),
    ...options,
  })
  const line = new Line({
    url: new URL(edge.url),
    trust: { kind: 'fingerprint', fingerprint: edge.identity.fingerprint },
  })
  onTestFinished(() => line.close())
  const get = (signal?: AbortSignal) =>
    exchange(line, { method: 'GET', path: '/v1/routes', ...(signal && { signal }) }, limits)
  return { edge, line, get }
}

describe('trust', () => {
  it('takes the edge that has the key, whatever its name and issuer', async () => {
    const { edge, get } = await edgeAndLine()
    expect(await get()).toMatchObject({ status: 200, text: 'hello' })
    expect(edge.calls).toMatchObject([{ method: 'GET', path: '/v1/routes', from: '127.0.0.1' }])
  })

  it('sends nothing to another key, not even the head', async () => {
    const { edge } = await edgeAndLine()
    const other = await fakeEdge(onTestFinished)
    const { fingerprint } = edge.identity
    const line = new Line({ url: new URL(other.url), trust: { kind: 'fingerprint', fingerprint } })
    onTestFinished(() => line.close())
    const headers = { authorization: `Bearer ${edge.token}` }
    const call = exchange(line, { method: 'GET', path: '/', headers }, limits)
    await expect(call).rejects.toMatchObject({
      code: 'edge-untrusted',
      message: `its key has the fingerprint ${other.identity.fingerprint}, the token names ${fingerprint}`,
    })
    expect(other.calls).toEqual([])
  })

  it('asks an authority where no fingerprint is known', async () => {
    const { edge } = await edgeAndLine()
    const call = (pem?: string) => {
      const trust = { kind: 'authority', ...(pem !== undefined && { pem }) } as const
      const line = new Line({ url: new URL(edge.url), trust })
      onTestFinished(() => line.close())
      return exchange(line, { method: 'GET', path: '/' }, limits)
    }
    await expect(call()).rejects.toMatchObject({ code: 'edge-untrusted' })
    expect(edge.calls).toEqual([])
    expect(await call(edge.identity.cert)).toMatchObject({ status: 200 })
  })
})

describe('the connection', () => {
  it('is kept between calls, and calls from the address that is asked for', async () => {
    const { edge } = await edgeAndLine()
    const line = new Line({
      url: new URL(edge.url),
      trust: { kind: 'fingerprint', fingerprint: edge.identity.fingerprint },
      sourceAddress: '127.0.0.2',
    })
    onTestFinished(() => line.close())
    for (let call = 0; call < 3; call++) await exchange(line, { method: 'GET', path: '/' }, limits)
    expect(edge.calls.map(({ from, connection }) => [from, connection])).toEqual(
      Array(3).fill(['127.0.0.2', 1]),
    )
    line.reset()
    await exchange(line, { method: 'GET', path: '/' }, limits)
    expect(edge.connections).toBe(2)
  })

  it('tells when the edge gives it up between two calls, and not when the line does', async () => {
    const { edge, line, get } = await edgeAndLine()
    let breaks = 0
    line.onBreak = () => breaks++
    await get()
    line.reset()
    await get()
    await edge.stop()
    await until(() => breaks > 0)
    expect(breaks).toBe(1)
  })

  it('is not called broken when it is let go in time', async () => {
    const { edge, line, get } = await edgeAndLine({
      behaviour: () => ({ status: 200, headers: { 'keep-alive': 'timeout=2' } }),
    })
    let breaks = 0
    line.onBreak = () => breaks++
    await get()
    await until(() => edge.openConnections === 0)
    expect(breaks).toBe(0)
  })

  it('is not called broken by an edge that says it closes', async () => {
    const { edge, line, get } = await edgeAndLine({
      behaviour: () => ({ status: 200, headers: { connection: 'close' } }),
    })
    let breaks = 0
    line.onBreak = () => breaks++
    await get()
    await get()
    await until(() => edge.openConnections === 0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(breaks).toBe(0)
  })
})

describe('exchange', () => {
  it.each<[string, Behaviour, RegExp]>([
    ['a connection that is cut', () => 'cut', /socket hang up/],
    ['an answer without end', () => ({ status: 200, body: 'x'.repeat(20_000) }), /longer than/],
  ])('%s is no answer', async (_, behaviour, message) => {
    const { get } = await edgeAndLine({ behaviour })
    await expect(get()).rejects.toMatchObject({
      code: 'edge-unreachable',
      message: expect.stringMatching(message),
    })
  })

  it('nobody there is no answer', async () => {
    const { edge, get } = await edgeAndLine()
    await edge.stop()
    await expect(get()).rejects.toMatchObject({
      code: 'edge-unreachable',
      message: expect.stringContaining('ECONNREFUSED'),
    })
  })

  it('gives up at the deadline', async () => {
    const { line } = await edgeAndLine({ behaviour: () => 'hang' })
    await expect(exchange(line, { method: 'GET', path: '/' }, { ...limits, timeout: 50 })).rejects.toThrow(
      'no answer within 0.05 s',
    )
  })

  it('follows no redirect', async () => {
    const { edge, get } = await edgeAndLine({
      behaviour: () => ({ status: 307, headers: { location: '/elsewhere' } }),
    })
    expect(await get()).toMatchObject({ status: 307 })
    expect(edge.calls).toHaveLength(1)
  })

  it.each([
    ['7', 7],
    ['Wed, 21 Oct 2015 07:28:00 GMT', undefined],
    ['-1', undefined],
  ])('reads Retry-After: %s', async (text, seconds) => {
    const { get } = await edgeAndLine({
      behaviour: () => ({ status: 503, headers: { 'retry-after': text } }),
    })
    expect((await get()).retryAfter).toBe(seconds)
  })
})
