import { onTestFinished as defer, describe, expect, it, vi } from 'vitest'
import { RequestRefused } from '../../src/edge/request-refused.ts'
import { apiOverTls, as, JSON_TYPE, PHONE } from '../../src/testing/api-over-tls.ts'
import { rawCall } from '../../src/testing/raw-call.ts'
import { STUB_DIGEST, stubEdge } from '../../src/testing/stub-edge.ts'
import { until } from '../../src/testing/until.ts'

/** The same path, in a way in which no phone writes it: it is read by the routes. */
const OTHERWISE = PHONE.replace('pod-1', 'pod%2D1')
const BODY = '{"claims":[]}'
const KNOWN = { status: 207, digest: STUB_DIGEST, revision: '7', body: '{"claims":"é"}' }

describe('a renewal that changes nothing', () => {
  it.each([
    ['its body', { headers: { ...as('phone'), ...JSON_TYPE }, body: BODY }],
    ['its digest', { headers: { ...as('phone'), 'if-match': `"${STUB_DIGEST}"` } }],
  ])('is answered by %s before the routes, in the words of these', async (_, more) => {
    const [lane, routes] = [vi.fn(() => KNOWN), vi.fn(() => KNOWN)]
    const { call } = await apiOverTls(defer, {}, stubEdge({ unchanged: lane, put: routes, renew: routes }))
    const { headers, text, status } = await call('PUT', PHONE, more)
    expect([lane.mock.calls.length, routes.mock.calls.length]).toEqual([1, 0])
    const slower = await call('PUT', OTHERWISE, more)
    expect([lane.mock.calls.length, routes.mock.calls.length]).toEqual([1, 1])
    expect([status, { ...headers, date: '' }, text]).toEqual([
      slower.status,
      { ...slower.headers, date: '' },
      slower.text,
    ])
  })

  it('is asked for whom it comes from, as any call', async () => {
    const calls: unknown[] = []
    const edge = stubEdge({
      unchanged: (call, body) => {
        calls.push(call, Buffer.from(body).toString())
        return KNOWN
      },
    })
    const { call } = await apiOverTls(defer, {}, edge)
    await call('PUT', PHONE, { headers: { ...as('phone'), ...JSON_TYPE }, body: BODY })
    expect(calls).toEqual([
      {
        identity: { id: 'phone', scope: { role: 'phone' } },
        cluster: 'home',
        phone: 'pod-1',
        caller: '127.0.0.1',
      },
      BODY,
    ])
  })
})

describe('a call that is no such renewal', () => {
  it.each([
    [
      'another type',
      PHONE,
      { ...as('phone'), 'if-match': `"${STUB_DIGEST}"`, 'content-type': 'text/plain' },
      415,
    ],
    ['no type', PHONE, { ...as('phone'), 'if-match': `"${STUB_DIGEST}"`, 'content-type': '' }, 415],
    ['no such name', PHONE.replace('pod-1', '..b-'), { ...as('phone'), ...JSON_TYPE }, 400],
  ])('is refused as the routes have it: %s', async (_, path, headers, status) => {
    const { call } = await apiOverTls(defer, {}, stubEdge({ unchanged: () => KNOWN }))
    expect((await call('PUT', path, { headers })).status).toBe(status)
  })

  it('comes to the routes whole, also when it arrives in pieces', async () => {
    const { edge, port } = await apiOverTls(defer)
    const head = [
      `PUT ${PHONE} HTTP/1.1`,
      `authorization: ${as('phone').authorization}`,
      'content-type: application/json',
      `content-length: ${BODY.length}`,
    ]
    const { socket, text } = await rawCall(defer, port, head, false)
    for (const letter of BODY) {
      socket.write(letter)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => text() !== '')
    expect(text()).toMatch(/^HTTP\/1\.1 200 /)
    expect(edge.calls).toMatchObject([{ method: 'put', body: BODY }])
  })

  it('is followed by others over the same connection', async () => {
    const edge = stubEdge({ unchanged: (_, body) => (body.length === BODY.length ? KNOWN : undefined) })
    const { port } = await apiOverTls(defer, {}, edge)
    const put = (body: string) =>
      `PUT ${PHONE} HTTP/1.1\r\nhost: a\r\nauthorization: ${as('phone').authorization}\r\n` +
      `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`
    const { socket, text } = await rawCall(defer, port, ['GET /healthz HTTP/1.1', 'accept: */*'])
    socket.write([BODY, `${BODY} `, BODY, `${BODY}  `, BODY].map(put).join(''))
    const statuses = () => Array.from(text().matchAll(/HTTP\/1\.1 (\d+)/g), ([, status]) => status)
    await until(() => statuses().length === 6)
    expect(statuses()).toEqual(['200', '207', '200', '207', '200', '207'])
  })

  it('is refused in the words of the routes, and told once', async () => {
    const turnedAway: string[] = []
    const edge = stubEdge({
      unchanged: () => {
        throw new RequestRefused('document-of-another', 'first')
      },
      put: () => {
        throw new RequestRefused('document-of-another', 'second')
      },
    })
    const { call } = await apiOverTls(defer, { onTurnedAway: (caller) => turnedAway.push(caller) }, edge)
    const body = { ...JSON_TYPE }
    const other = await call('PUT', PHONE, { headers: { ...as('phone'), ...body }, body: BODY })
    expect(other.json()).toMatchObject({ code: 'document-of-another', detail: 'second' })
    const stranger = await call('PUT', PHONE, { headers: { authorization: 'Bearer x', ...body }, body: BODY })
    expect(stranger.status).toBe(401)
    expect(turnedAway).toEqual(['127.0.0.1'])
  })

  it('is told to come again once the edge stops, though it would change nothing', async () => {
    const done = Promise.withResolvers<void>()
    const edge = stubEdge({
      unchanged: () => KNOWN,
      release: () => done.promise.then(() => ({ closing: [] })),
    })
    const { server, port } = await apiOverTls(defer, {}, edge)
    let requests = 0
    server.server.on('request', () => requests++)
    const authorization = `authorization: ${as('phone').authorization}`
    const { socket, text } = await rawCall(defer, port, [`DELETE ${PHONE} HTTP/1.1`, authorization], false)
    await until(() => requests === 1)
    const closed = server.close()
    socket.write(
      `PUT ${PHONE} HTTP/1.1\r\nhost: a\r\n${authorization}\r\ncontent-type: application/json\r\n` +
        `content-length: ${BODY.length}\r\n\r\n${BODY}`,
    )
    await until(() => requests === 2)
    done.resolve()
    await closed
    await until(() => socket.closed)
    expect(text()).toContain('"code":"edge-stopping"')
  })
})
