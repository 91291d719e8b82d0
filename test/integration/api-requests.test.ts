import { connect as connectTls } from 'node:tls'
import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { apiOverTls, as, PHONE, PROBLEM } from '../../src/testing/api-over-tls.ts'
import { rawCall } from '../../src/testing/raw-call.ts'
import { stubEdge } from '../../src/testing/stub-edge.ts'
import { until } from '../../src/testing/until.ts'

describe('what is no call', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not-found'],
    ['GET', '/', 404, 'not-found'],
    ['POST', '/healthz', 405, 'method-not-allowed'],
    ['PATCH', PHONE, 405, 'method-not-allowed'],
  ] as const)('%s %s is %i', async (method, path, status, code) => {
    const { call } = await apiOverTls(defer)
    const answer = await call(method, path, {
      headers: { ...as('phone'), 'content-type': 'text/plain' },
      body: 'x',
    })
    expect(answer.json()).toMatchObject({ status, code })
    expect(answer.headers['content-type']).toBe(PROBLEM)
  })

  it('is told which methods there are', async () => {
    const { call } = await apiOverTls(defer)
    const headers = as('phone')
    expect((await call('POST', PHONE, { headers })).headers.allow).toBe('PUT, GET, HEAD, DELETE, OPTIONS')
    expect(await call('OPTIONS', '/healthz')).toMatchObject({
      status: 204,
      headers: { allow: 'GET, HEAD, OPTIONS' },
    })
    expect(await call('HEAD', '/healthz')).toMatchObject({ status: 200, text: '' })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', ''])(
    'is refused for its type %j',
    async (type) => {
      const { call } = await apiOverTls(defer)
      const answer = await call('PUT', PHONE, {
        headers: { ...as('phone'), 'content-type': type },
        body: '{}',
      })
      expect(answer.json()).toMatchObject({ status: 415, code: 'media-type' })
    },
  )

  it('is refused by the length that it announces, before it is sent', async () => {
    const { port } = await apiOverTls(defer)
    const raw = await rawCall(defer, port, [
      `PUT ${PHONE} HTTP/1.1`,
      `authorization: ${as('phone').authorization}`,
      'content-type: application/json',
      'content-length: 104857600',
    ])
    expect(raw.text()).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body-too-large"/)
  })

  it('is cut off at the limit where it announces no length', async () => {
    const { port, edge } = await apiOverTls(defer)
    const raw = await rawCall(
      defer,
      port,
      [
        `PUT ${PHONE} HTTP/1.1`,
        `authorization: ${as('phone').authorization}`,
        'content-type: application/json',
        'transfer-encoding: chunked',
      ],
      false,
    )
    const chunk = `100000\r\n${' '.repeat(0x100000)}\r\n`
    for (let sent = 0; sent < 40 && raw.text() === '' && raw.socket.writable; sent++) {
      await new Promise((resolve) => raw.socket.write(chunk, resolve))
    }
    await until(() => /^HTTP\/1\.1 413 /.test(raw.text()))
    expect(edge.calls).toEqual([])
  })

  it('is no HTTP, or has too many headers', async () => {
    const { port } = await apiOverTls(defer)
    expect((await rawCall(defer, port, ['nonsense'])).text()).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"code":"request-invalid"/,
    )
    const large = await rawCall(defer, port, ['GET /healthz HTTP/1.1', 'host: a', `x: ${'a'.repeat(20_000)}`])
    expect(large.text()).toMatch(/"code":"request-invalid"/)
  })

  it('is given up when it does not arrive', async () => {
    const { port, server } = await apiOverTls(defer)
    // As in production, but after a second.
    server.server.requestTimeout = 1000
    server.server.headersTimeout = 1000
    const raw = await rawCall(defer, port, [
      `PUT ${PHONE} HTTP/1.1`,
      `authorization: ${as('phone').authorization}`,
      'content-type: application/json',
      'content-length: 100',
    ])
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-incomplete"/)
  })

  it('speaks TLS of this century', async () => {
    const { port } = await apiOverTls(defer)
    const handshake = (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<string>((resolve) => {
        const socket = connectTls({
          port,
          host: '127.0.0.1',
          rejectUnauthorized: false,
          minVersion: version,
          maxVersion: version,
          ciphers: 'DEFAULT@SECLEVEL=0',
        })
        defer(() => void socket.destroy())
        socket.on('secureConnect', () => resolve(socket.getProtocol() ?? ''))
        socket.on('error', () => resolve('refused'))
      })
    expect(await Promise.all((['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const).map(handshake))).toEqual([
      'refused',
      'TLSv1.2',
      'TLSv1.3',
    ])
  })
})

/** An edge that is told to stop while a call is in work until it is `done`. */
async function stoppingApi() {
  const { promise, resolve: done } = Promise.withResolvers<void>()
  const edge = stubEdge({ release: () => promise.then(() => ({ closing: [] })) })
  const { server, port } = await apiOverTls(defer, {}, edge)
  let requests = 0
  server.server.on('request', () => requests++)
  const head = [`DELETE ${PHONE} HTTP/1.1`, `authorization: ${as('phone').authorization}`]
  const call = await rawCall(defer, port, head, false)
  await until(() => requests === 1)
  return { ...call, server: server.server, closed: server.close(), done, requests: () => requests }
}

describe('a connection that is open when the edge stops', () => {
  it('has later calls refused with a code that says to call again, after the answers that are under way', async () => {
    const { socket, text, closed, done, requests } = await stoppingApi()
    socket.write('GET /healthz HTTP/1.1\r\nhost: a\r\n\r\n')
    await until(() => requests() === 2)
    done()
    await closed
    await until(() => socket.closed)
    const [, first, second = ''] = text().split('HTTP/1.1 ')
    expect(first).toMatch(/^204 /)
    expect(second).toMatch(/^503 .*connection: close/is)
    expect(second).toContain(`content-type: ${PROBLEM}`)
    expect(second).toContain('"code":"edge-stopping"')
  })

  it('is closed after the answer that it waits for', async () => {
    const { socket, text, server, closed, done } = await stoppingApi()
    // It closes those that are idle then, and no others.
    await until(() => !server.listening)
    done()
    await closed
    await until(() => socket.closed)
    expect(text()).toMatch(/^HTTP\/1\.1 204 /)
  })
})

describe('probes', () => {
  it('need no token', async () => {
    const edge = stubEdge({ ready: () => ({ ready: false, detail: 'HAProxy is being started' }) })
    const { call } = await apiOverTls(defer, { openMetrics: true }, edge)
    expect((await call('GET', '/healthz')).status).toBe(200)
    const unready = await call('GET', '/readyz')
    expect([unready.status, unready.json()]).toEqual([
      503,
      { status: 'unready', detail: 'HAProxy is being started' },
    ])
    expect((await call('GET', '/metrics')).headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
    expect((await call('GET', '/openapi.json')).json()).toMatchObject({ openapi: '3.1.0' })
  })
})
