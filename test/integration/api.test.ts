import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import type { Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import { parseRange } from '../../src/core/address/range.ts'
import type { ApiParts } from '../../src/edge/api/parts.ts'
import { buildApi } from '../../src/edge/api/server.ts'
import { createLog } from '../../src/edge/log.ts'
import { RequestRefused } from '../../src/edge/request-refused.ts'
import { StorageFailed } from '../../src/edge/store/store.ts'
import { ownCredentials } from '../../src/edge/tls/credentials.ts'
import { TokenBook } from '../../src/edge/token-book.ts'
import { type HttpCall, httpCall } from '../../src/testing/http-call.ts'
import { MemoryStore } from '../../src/testing/memory-store.ts'
import { STUB_TOKENS, stubApiParts } from '../../src/testing/stub-api-parts.ts'
import { STUB_DIGEST, type StubEdge, stubEdge } from '../../src/testing/stub-edge.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const PHONE = '/v1/clusters/home/phones/pod-1'
const as = (role: keyof typeof STUB_TOKENS) => ({ authorization: `Bearer ${STUB_TOKENS[role]}` })
const PROBLEM = 'application/problem+json; charset=utf-8'
const JSON_TYPE = { 'content-type': 'application/json' }

/** The API on a real socket, over TLS, with a stub behind it. */
async function start(overrides: Partial<ApiParts> = {}, edge: StubEdge = stubEdge()) {
  const folder = await temporaryFolder(onTestFinished)
  const { key, cert } = await ownCredentials(folder, ['127.0.0.1'], Date.now())
  const server = buildApi(stubApiParts({ edge, ...overrides }), { tls: { key, cert } })
  onTestFinished(() => server.close())
  await server.listen({ host: '127.0.0.1', port: 0 })
  const address = server.server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const call = (method: string, path: string, more: HttpCall = {}) =>
    httpCall({ tls: true, port, method, path, ...more })
  return { edge, server, port, call }
}

describe('documents', () => {
  it('are put, with the digest and revision of the answer', async () => {
    const { edge, call } = await start()
    const answer = await call('PUT', PHONE, {
      headers: { ...as('phone'), ...JSON_TYPE },
      body: '{"claims":[]}',
    })
    expect(answer).toMatchObject({
      status: 200,
      headers: {
        etag: `"${STUB_DIGEST}"`,
        'homeport-revision': '1',
        'content-type': 'application/json; charset=utf-8',
      },
    })
    expect(answer.json()).toEqual({ digest: STUB_DIGEST, claims: [] })
    expect(edge.calls).toEqual([
      {
        method: 'put',
        body: '{"claims":[]}',
        call: {
          identity: { id: 'phone', scope: { role: 'phone' } },
          cluster: 'home',
          phone: 'pod-1',
          caller: '127.0.0.1',
        },
      },
    ])
  })

  it('are renewed by their digest, without a body', async () => {
    const { edge, call } = await start()
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), 'if-match': `"${STUB_DIGEST}"` } })
    expect(answer).toMatchObject({ status: 204, text: '', headers: { etag: `"${STUB_DIGEST}"` } })
    expect(edge.calls).toMatchObject([{ method: 'renew', digest: STUB_DIGEST }])
    const bare = await call('PUT', PHONE, { headers: as('phone') })
    expect(bare.json()).toMatchObject({ status: 400, code: 'request-invalid' })
  })

  it('are read and released', async () => {
    const { edge, call } = await start()
    expect((await call('GET', PHONE, { headers: as('phone') })).json()).toEqual({
      digest: STUB_DIGEST,
      claims: [],
    })
    expect((await call('DELETE', PHONE, { headers: as('phone') })).status).toBe(204)
    expect(edge.calls.map(({ method }) => method)).toEqual(['read', 'release'])
  })

  it.each([
    '/v1/clusters/Home/phones/a',
    '/v1/clusters/home/phones/a%0ab',
    '/v1/clusters/home/phones/..%2f..%2fetc',
    `/v1/clusters/home/phones/${'a'.repeat(260)}`,
    '/v1/clusters/home%00/phones/a',
    '/v1/clusters/h%C3%B6me/phones/a',
    '/v1/clusters/$(id)/phones/a',
    '/v1/clusters/home/phones/%ff',
  ])('have no name like %s', async (path) => {
    const { edge, call } = await start()
    const answer = await call('PUT', path, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer).toMatchObject({ status: 400, headers: { 'content-type': PROBLEM } })
    expect(answer.json()).toMatchObject({ code: 'request-invalid', status: 400 })
    expect(edge.calls).toEqual([])
  })

  it.each([
    [new RequestRefused('digest-mismatch', 'another'), 412, 'digest-mismatch'],
    [new RequestRefused('fence-stale', 'old'), 409, 'fence-stale'],
    [new StorageFailed('the disk is full'), 503, 'storage-failed'],
  ])('are refused with problem details: %s', async (error, status, code) => {
    const edge = stubEdge({ put: () => Promise.reject(error) })
    const { call } = await start({}, edge)
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer.status).toBe(status)
    expect(answer.json()).toMatchObject({
      code,
      status,
      detail: error.message,
      type: `urn:homeport:error:${code}`,
    })
  })

  it('that meet a fault of ours are answered without its words, which the log has', async () => {
    const lines: string[] = []
    const put = () => {
      throw new Error('at line 7')
    }
    const { call } = await start({ log: createLog('info', (line) => lines.push(line)) }, stubEdge({ put }))
    const answer = await call('PUT', PHONE, { headers: { ...as('phone'), ...JSON_TYPE }, body: '{}' })
    expect(answer.json()).toMatchObject({ status: 500, code: 'internal' })
    expect(answer.text).not.toContain('at line 7')
    expect(lines.join('')).toContain('at line 7')
  })
})

describe('who calls', () => {
  it('is asked before anything else, and tells nothing to strangers', async () => {
    const { edge, call } = await start()
    const answer = await call('PUT', PHONE, { headers: JSON_TYPE, body: '{}' })
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(answer.json()).toMatchObject({ code: 'token-missing', permanent: true })
    for (const path of ['/v1/routes', '/v1/claims', '/v1/status', '/v1/events', '/v1/tokens', '/metrics']) {
      expect((await call('GET', path)).status, path).toBe(401)
    }
    expect(edge.calls).toEqual([])
  })

  it('must be an admin for what shows or gives away more than a phone needs', async () => {
    const { call } = await start()
    for (const path of ['/v1/status', '/v1/events', '/v1/tokens', '/metrics']) {
      const answer = await call('GET', path, { headers: as('phone') })
      expect(answer.json(), path).toMatchObject({ status: 403, code: 'outside-scope' })
    }
    expect((await call('GET', '/metrics', { headers: as('admin') })).text).toBe('homeport_ready 1\n')
  })

  it('is turned away a thousand times, one line in the log, while others go on', async () => {
    const store = new MemoryStore()
    const tokens = new TokenBook({
      store,
      tokens: [],
      fingerprint: 'f'.repeat(43),
      wallClock: Date.now,
      edgeTime: () => 0,
      randomBytes,
    })
    const { token } = tokens.create({ name: 'home', scope: { role: 'phone' } })
    const turnedAway: string[] = []
    const { edge, port } = await start({ tokens, onTurnedAway: (caller) => turnedAway.push(caller) })
    const agent = new Agent({ keepAlive: true })
    onTestFinished(() => agent.destroy())
    const burst = async (authorization: string, count: number) => {
      const statuses = new Set<number>()
      for (let sent = 0; sent < count; sent++) {
        const headers = { authorization, 'if-match': `"${STUB_DIGEST}"` }
        statuses.add((await httpCall({ tls: true, agent, port, method: 'PUT', path: PHONE, headers })).status)
      }
      return [...statuses]
    }
    const forged = `Bearer ${token.slice(0, -5)}AAAAA`
    const [wrong, right] = await Promise.all([
      Promise.all(Array.from({ length: 20 }, () => burst(forged, 50))),
      burst(`Bearer ${token}`, 20),
    ])
    expect(new Set(wrong.flat())).toEqual(new Set([401]))
    expect(right).toEqual([204])
    expect(turnedAway).toHaveLength(1000)
    expect(edge.calls).toHaveLength(20)
  })

  it('is the operator on a socket without tokens', async () => {
    const path = `${await temporaryFolder(onTestFinished)}/admin.sock`
    const operator = { id: 'operator', scope: { role: 'admin' } } as const
    const edge = stubEdge()
    const server = buildApi(stubApiParts({ edge }), { everybodyIs: operator })
    onTestFinished(() => server.close())
    await server.listen({ path })
    expect((await httpCall({ socketPath: path, path: '/v1/status' })).status).toBe(200)
    await httpCall({ socketPath: path, method: 'DELETE', path: PHONE })
    expect(edge.calls[0]?.call).toMatchObject({ identity: operator, caller: '127.0.0.1' })
  })
})

describe("the caller's address", () => {
  const trustedProxies = ['127.0.0.1', '10.0.0.0/8'].flatMap((text) => parseRange(text) ?? [])
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8::9', '2001:db8::9'],
    ['not an address', '127.0.0.1'],
    ['203.0.113.9, "\\", 10.1.2.3', '10.1.2.3'],
  ])('is, behind a trusted proxy that says %j, %s', async (header, caller) => {
    const { edge, call } = await start({ trustedProxies })
    await call('GET', PHONE, { headers: { ...as('phone'), 'x-forwarded-for': header } })
    expect(edge.calls[0]?.call.caller).toBe(caller)
  })

  it("is the socket's where the proxy is not trusted", async () => {
    const { edge, call } = await start({ trustedProxies: [] })
    await call('GET', PHONE, { headers: { ...as('phone'), 'x-forwarded-for': '203.0.113.9' } })
    expect(edge.calls[0]?.call.caller).toBe('127.0.0.1')
  })
})

describe('what is no call', () => {
  it.each([
    ['GET', '/v1/nothing', 404, 'not-found'],
    ['GET', '/', 404, 'not-found'],
    ['POST', '/healthz', 405, 'method-not-allowed'],
    ['PATCH', PHONE, 405, 'method-not-allowed'],
  ] as const)('%s %s is %i', async (method, path, status, code) => {
    const { call } = await start()
    const answer = await call(method, path, {
      headers: { ...as('phone'), 'content-type': 'text/plain' },
      body: 'x',
    })
    expect(answer.json()).toMatchObject({ status, code })
    expect(answer.headers['content-type']).toBe(PROBLEM)
  })

  it('is told which methods there are', async () => {
    const { call } = await start()
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
      const { call } = await start()
      const answer = await call('PUT', PHONE, {
        headers: { ...as('phone'), 'content-type': type },
        body: '{}',
      })
      expect(answer.json()).toMatchObject({ status: 415, code: 'media-type' })
    },
  )

  it('is refused by the length that it announces, before it is sent', async () => {
    const { port } = await start()
    const raw = await rawCall(port, [
      `PUT ${PHONE} HTTP/1.1`,
      `authorization: ${as('phone').authorization}`,
      'content-type: application/json',
      'content-length: 104857600',
    ])
    expect(raw.text()).toMatch(/^HTTP\/1\.1 413 [\s\S]*"code":"body-too-large"/)
  })

  it('is cut off at the limit where it announces no length', async () => {
    const { port, edge } = await start()
    const raw = await rawCall(
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
    const { port } = await start()
    expect((await rawCall(port, ['nonsense'])).text()).toMatch(
      /^HTTP\/1\.1 400 [\s\S]*"code":"request-invalid"/,
    )
    const large = await rawCall(port, ['GET /healthz HTTP/1.1', 'host: a', `x: ${'a'.repeat(20_000)}`])
    expect(large.text()).toMatch(/"code":"request-invalid"/)
  })

  it('is given up when it does not arrive', async () => {
    const { port, server } = await start()
    // As in production, but after a second.
    server.server.requestTimeout = 1000
    server.server.headersTimeout = 1000
    const raw = await rawCall(port, [
      `PUT ${PHONE} HTTP/1.1`,
      `authorization: ${as('phone').authorization}`,
      'content-type: application/json',
      'content-length: 100',
    ])
    expect(raw.text()).toMatch(/^HTTP\/1\.1 408 [\s\S]*"code":"request-incomplete"/)
  })

  it('speaks TLS of this century', async () => {
    const { port } = await start()
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
        onTestFinished(() => void socket.destroy())
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

describe('events', () => {
  const event = { id: 1, time: '2026-01-01T00:00:00.000Z', type: 'route-live', subject: 'tcp/8443' } as const

  it('come as they happen, after those that were missed', async () => {
    const { edge, port } = await start()
    edge.tell(event)
    edge.tell({ ...event, id: 2 })
    const stream = await follow(port, ['last-event-id: 1'])
    await until(() => stream.text().includes('id: 2'))
    edge.tell({ ...event, id: 3, detail: 'a\nb' })
    await until(() => stream.text().includes('id: 3'))
    expect(stream.text()).toContain('content-type: text/event-stream')
    expect(stream.text()).not.toContain('id: 1\n')
    expect(stream.text()).toContain(
      `id: 3\nevent: route-live\ndata: ${JSON.stringify({ ...event, id: 3, detail: 'a\nb' })}\n\n`,
    )
    stream.socket.destroy()
    await until(() => edge.followers === 0)
  })

  it('are not kept for a follower that does not read', async () => {
    const { edge, port } = await start()
    const stream = await follow(port)
    await until(() => edge.followers === 1)
    stream.socket.pause()
    const detail = 'x'.repeat(100_000)
    await until(() => {
      for (let id = 1; id < 50; id++) edge.tell({ ...event, id, detail })
      return edge.followers === 0
    })
  })

  it('end with the token', async () => {
    const known = stubApiParts().tokens
    let revoked = false
    const authenticate = (header: string | undefined) => known.authenticate(revoked ? undefined : header)
    const { edge, port } = await start({ tokens: { ...known, authenticate } })
    const stream = await follow(port)
    await until(() => edge.followers === 1)
    revoked = true
    edge.tell({ ...event, detail: 'secret' })
    await until(() => edge.followers === 0)
    expect(stream.text()).not.toContain('secret')
  })

  it('end when the server does', async () => {
    const { edge, port, server } = await start()
    const stream = await follow(port)
    await until(() => edge.followers === 1)
    await server.close()
    await until(() => stream.socket.closed)
  })

  it('are followed by so many and no more', async () => {
    const { edge, port, call } = await start()
    await Promise.all(Array.from({ length: 100 }, () => follow(port)))
    await until(() => edge.followers === 100)
    expect((await call('GET', '/v1/events', { headers: as('admin') })).json()).toMatchObject({
      code: 'edge-full',
    })
  })

  it('have ids that are numbers', async () => {
    const { call } = await start()
    const answer = await call('GET', '/v1/events', { headers: { ...as('admin'), 'last-event-id': 'x' } })
    expect(answer.json()).toMatchObject({ status: 400, code: 'request-invalid' })
  })
})

describe('tokens', () => {
  it('are made from a request that is right, and every fault is named', async () => {
    const { call } = await start()
    const post = (body: string) =>
      call('POST', '/v1/tokens', { headers: { ...as('admin'), ...JSON_TYPE }, body })
    const made = await post('{"name":"home","scope":{"role":"phone"}}')
    expect(made).toMatchObject({ status: 201, headers: { 'cache-control': 'no-store' } })
    const wrong = await post(
      '{"name":"","scope":{"role":"king","ports":["x"]},"more":1,"expires":"tomorrow"}',
    )
    expect(wrong.status).toBe(422)
    for (const path of ['/name', '/scope/role', '/scope/ports/0', '/expires'])
      expect(wrong.text).toContain(`"${path}"`)
    const ranges = await post('{"name":"a","scope":{"role":"phone","ports":["9-8"],"backends":["x"]}}')
    expect(ranges.json()).toMatchObject({
      errors: [{ path: '/scope/ports/0' }, { path: '/scope/backends/0' }],
    })
  })

  it('open, and are revoked by, no more than their maker has', async () => {
    const revoked: string[] = []
    const one = { name: 'a', created: '2026-01-01T00:00:00Z' }
    const tokens: ApiParts['tokens'] = {
      ...stubApiParts().tokens,
      authenticate: () => ({ id: 'lab', scope: { role: 'admin', clusters: ['lab'] } }),
      list: () => [
        { ...one, id: 'aaaaaaaa', scope: { role: 'phone', clusters: ['lab'] } },
        { ...one, id: 'bbbbbbbb', scope: { role: 'phone' } },
      ],
      revoke: (id) => revoked.push(id),
    }
    const { call } = await start({ tokens })
    const make = (scope: unknown) =>
      call('POST', '/v1/tokens', { headers: JSON_TYPE, body: JSON.stringify({ name: 'a', scope }) })
    expect((await make({ role: 'phone', clusters: ['lab'] })).status).toBe(201)
    expect((await make({ role: 'phone' })).json()).toMatchObject({
      code: 'outside-scope',
      detail: 'all clusters is more than lab',
    })
    expect((await call('GET', '/v1/tokens')).json()).toMatchObject([{ id: 'aaaaaaaa' }])
    expect((await call('DELETE', '/v1/tokens/bbbbbbbb')).json()).toMatchObject({ code: 'outside-scope' })
    expect((await call('DELETE', '/v1/tokens/aaaaaaaa')).status).toBe(204)
    expect(revoked).toEqual(['aaaaaaaa'])
  })

  it('are for admins', async () => {
    const { call } = await start()
    const body = '{"name":"home","scope":{"role":"phone"}}'
    const answer = await call('POST', '/v1/tokens', { headers: { ...as('phone'), ...JSON_TYPE }, body })
    expect(answer.json()).toMatchObject({ status: 403, code: 'outside-scope' })
  })
})

describe('probes', () => {
  it('need no token', async () => {
    const edge = stubEdge({ ready: () => ({ ready: false, detail: 'HAProxy is being started' }) })
    const { call } = await start({ openMetrics: true }, edge)
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

interface RawCall {
  readonly socket: Socket
  text(): string
}

/** A request written by hand: its head, and nothing after it. Resolves when it was answered, or at once. */
async function rawCall(port: number, head: readonly string[], answered = true): Promise<RawCall> {
  const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
  onTestFinished(() => void socket.destroy())
  let text = ''
  socket.setEncoding('utf8').on('data', (more: string) => {
    text += more
  })
  socket.on('error', () => {})
  socket.write(`${[...head, ...(head.length > 1 ? ['host: a'] : [])].join('\r\n')}\r\n\r\n`)
  const call = { socket, text: () => text }
  if (answered) await until(() => text !== '' || socket.closed, { deadline: 20_000 })
  return call
}

function follow(port: number, headers: readonly string[] = []): Promise<RawCall> {
  const head = ['GET /v1/events HTTP/1.1', `authorization: ${as('admin').authorization}`, ...headers]
  return rawCall(port, head)
}
