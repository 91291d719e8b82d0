import { randomBytes } from 'node:crypto'
import { Agent } from 'node:https'
import { Socket } from 'node:net'
import { onTestFinished as defer, describe, expect, it } from 'vitest'
import { parseRange } from '../../src/core/address/range.ts'
import { callerOf } from '../../src/edge/api/caller.ts'
import { buildApi } from '../../src/edge/api/server.ts'
import { TokenBook } from '../../src/edge/token-book.ts'
import { apiOverTls, as, JSON_TYPE, PHONE } from '../../src/testing/api-over-tls.ts'
import { httpCall } from '../../src/testing/http-call.ts'
import { MemoryStore } from '../../src/testing/memory-store.ts'
import { stubApiParts } from '../../src/testing/stub-api-parts.ts'
import { STUB_DIGEST, stubEdge } from '../../src/testing/stub-edge.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

describe('who calls', () => {
  it('is asked before anything else, and tells nothing to strangers', async () => {
    const { edge, call } = await apiOverTls(defer)
    const answer = await call('PUT', PHONE, { headers: JSON_TYPE, body: '{}' })
    expect(answer).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } })
    expect(answer.json()).toMatchObject({ code: 'token-missing', permanent: true })
    for (const path of ['/v1/routes', '/v1/claims', '/v1/status', '/v1/events', '/v1/tokens', '/metrics']) {
      expect((await call('GET', path)).status, path).toBe(401)
    }
    expect(edge.calls).toEqual([])
  })

  it('must be an admin for what shows or gives away more than a phone needs', async () => {
    const { call } = await apiOverTls(defer)
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
      onChange: () => {},
    })
    const { token } = tokens.create({ name: 'home', scope: { role: 'phone' } })
    const turnedAway: string[] = []
    const { edge, port } = await apiOverTls(defer, {
      tokens,
      onTurnedAway: (caller) => turnedAway.push(caller),
    })
    const agent = new Agent({ keepAlive: true })
    defer(() => agent.destroy())
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
    const path = `${await temporaryFolder(defer)}/admin.sock`
    const operator = { id: 'operator', scope: { role: 'admin' } } as const
    const edge = stubEdge()
    const server = buildApi(stubApiParts({ edge }), { everybodyIs: operator })
    defer(() => server.close())
    await server.listen({ path })
    expect((await httpCall({ socketPath: path, path: '/v1/status' })).status).toBe(200)
    await httpCall({ socketPath: path, method: 'DELETE', path: PHONE })
    expect(edge.calls[0]?.call).toMatchObject({ identity: operator, caller: '127.0.0.1' })
  })
})

describe("the caller's address", () => {
  it('is what it was when the request began, also of a connection that was cut meanwhile', async () => {
    const connections: Socket[] = []
    const { tokens } = stubApiParts()
    const authenticate = (authorization: string | undefined) => {
      for (const connection of connections) connection.destroy()
      return tokens.authenticate(authorization)
    }
    const { edge, server, call } = await apiOverTls(defer, { tokens: { ...tokens, authenticate } })
    server.server.on('secureConnection', (connection: Socket) => connections.push(connection))
    const asked = call('GET', PHONE, { headers: as('phone'), localAddress: '127.0.0.7' })
    await expect(asked).rejects.toThrow()
    expect(edge.calls[0]?.call.caller).toBe('127.0.0.7')
  })

  it('is nobody where the connection was cut before', () => {
    const ask = () => callerOf({ socket: new Socket(), headers: {} }, [])
    expect(ask).toThrow(expect.objectContaining({ code: 'caller-unknown' }))
  })

  const trustedProxies = ['127.0.0.1', '10.0.0.0/8'].flatMap((text) => parseRange(text) ?? [])
  it.each([
    ['203.0.113.9', '203.0.113.9'],
    ['198.51.100.1, 203.0.113.9', '203.0.113.9'],
    ['203.0.113.9, 10.1.2.3', '203.0.113.9'],
    ['::ffff:203.0.113.9', '203.0.113.9'],
    ['2001:DB8::9', '2001:db8::9'],
    ['10.1.2.4, 10.1.2.3', '10.1.2.4'],
    ['not an address', undefined],
    ['', undefined],
    ['203.0.113.9, "\\", 10.1.2.3', undefined],
    ['203.0.113.9,, 10.1.2.3', undefined],
  ])('is, behind a trusted proxy that says %j, %s', async (header, caller) => {
    const { edge, call } = await apiOverTls(defer, { trustedProxies })
    await call('GET', PHONE, { headers: { ...as('phone'), 'x-forwarded-for': header } })
    expect(edge.calls[0]?.call.caller).toBe(caller)
  })

  it('is unknown behind a trusted proxy that says nothing', async () => {
    const { edge, call } = await apiOverTls(defer, { trustedProxies })
    await call('GET', PHONE, { headers: as('phone') })
    expect(edge.calls[0]?.call).toMatchObject({ caller: undefined })
  })

  it("is the socket's where the proxy is not trusted", async () => {
    const { edge, call } = await apiOverTls(defer, { trustedProxies: [] })
    await call('GET', PHONE, { headers: { ...as('phone'), 'x-forwarded-for': '203.0.113.9' } })
    expect(edge.calls[0]?.call.caller).toBe('127.0.0.1')
  })
})
