import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'
import type { Scope } from '../../src/wire/token.ts'

const PROXY = '127.0.0.5'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer, { env: { HOMEPORT_EDGE_API_TRUSTED_PROXIES: `${PROXY}/32` } })
  edge = there.edge
})
afterAll(() => stack.release())
afterEach(() => there.stillServes())

const claimNow = async (more = {}) => claimFor(await freePort(), there.node.port, more)

it.each([
  ['the address that it calls from', '127.0.0.3', undefined, '127.0.0.3'],
  ['what a trusted proxy says', PROXY, '127.0.0.4', '127.0.0.4'],
  [
    'what the trusted proxy says, not what the caller wrote before it',
    PROXY,
    '127.0.0.9, 127.0.0.4',
    '127.0.0.4',
  ],
  ['its own address, whatever it says', '127.0.0.6', '127.0.0.4', '127.0.0.6'],
])("a phone's node is %s", async (_, localAddress, forwarded, expected) => {
  await echoServer(onTestFinished, { host: expected, port: there.node.port, name: expected })
  const phone = await edge.phone('phone', { localAddress, cluster: `c${await freePort()}` })
  const claim = await claimNow()
  const { claims } = await phone.put({ claims: [claim] }, forwarded ? { 'x-forwarded-for': forwarded } : {})
  expect(claims).toMatchObject([{ state: 'live', backends: [{ address: expected }] }])
  expect(await connectAndRead({ port: claim.port })).toMatch(new RegExp(`^${expected} `))
})

it('a claim that leaves its address to a trusted proxy that says nothing is refused, and its neighbour is not', async () => {
  const phone = await edge.phone('behind', { localAddress: PROXY })
  const [open, named] = [await claimNow({ backends: [{ port: there.node.port }] }), await claimNow()]
  const backends = [{ address: there.node.host, port: there.node.port }]
  const { status, claims } = await phone.put({ claims: [open, { ...named, backends }] })
  expect(status).toBe(207)
  expect(claims).toMatchObject([{ state: 'refused', code: 'caller-unknown' }, { state: 'live' }])
  expect(await connectAndRead({ port: named.port })).toMatch(/^node /)
  await expect(connectAndRead({ port: open.port })).rejects.toThrow('ECONNREFUSED')
})

it.each<[string, Scope, RegExp]>([
  ['another cluster', { role: 'phone', clusters: ['office'] }, /cluster home is not in office/],
  ['another namespace', { role: 'phone', namespaces: ['web'] }, /namespace mqtt is not in web/],
  ['other ports', { role: 'phone', ports: ['1-1023'] }, /port \d+ is not in 1-1023/],
  ['another protocol', { role: 'phone', protocols: ['udp'] }, /protocol tcp is not in udp/],
  [
    'other nodes',
    { role: 'phone', backends: ['10.0.0.0/8'] },
    /backend 127\.0\.0\.2 is not in 10\.0\.0\.0\/8/,
  ],
])('a token for %s is answered 403, with what it lacks', async (_, scope, lack) => {
  const phone = await edge.phone(`scoped-${await freePort()}`, { token: await edge.token(scope) })
  const claim = await claimNow()
  const { status, code, detail, claims } = await phone.put({ claims: [claim] })
  expect(status).toBe(403)
  expect(code ?? claims[0]?.code).toBe('outside-scope')
  expect(detail ?? claims[0]?.detail).toMatch(lack)
  await expect(connectAndRead({ port: claim.port })).rejects.toThrow('ECONNREFUSED')
})

it('a token that is revoked opens nothing from the next call on, and what it wrote may be taken over', async () => {
  const token = await edge.token()
  const id = token.split('.')[2] ?? ''
  const first = await edge.phone('revoked', { token })
  const document = { claims: [await claimNow()] }
  expect((await first.put(document)).status).toBe(200)
  expect((await edge.admin('DELETE', `/v1/tokens/${id}`)).status).toBe(204)
  expect(await first.put(document)).toMatchObject({ status: 401, code: 'token-unknown' })
  expect((await (await edge.phone('revoked')).put(document)).status).toBe(200)
})

it("nobody's document is changed, released or read with another token", async () => {
  const owner = await edge.phone('owned')
  const claim = await claimNow()
  await owner.put({ claims: [claim] })
  const thief = await edge.phone('owned')
  const tries = [thief.put({ claims: [] }), thief.release(), thief.read()]
  for (const answer of await Promise.all(tries)) {
    expect(answer).toMatchObject({ status: 403, code: 'document-of-another' })
  }
  expect(await connectAndRead({ port: claim.port })).toMatch(/^node /)
})

it('a deposed leader and an overtaken call change nothing', async () => {
  const token = await edge.token()
  const leader = new Phone({ apiPort: edge.apiPort, name: 'leader', token })
  const claim = await claimNow()
  await leader.put({ fence: 7, sequence: 3, claims: [claim] })
  expect(await leader.put({ fence: 6, sequence: 9, claims: [] })).toMatchObject({
    status: 409,
    code: 'fence-stale',
  })
  expect(await leader.put({ fence: 7, sequence: 2, claims: [] })).toMatchObject({ code: 'document-outdated' })
  expect(await connectAndRead({ port: claim.port })).toMatch(/^node /)
  expect((await leader.put({ fence: 8, claims: [] })).status).toBe(200)
  await expect(connectAndRead({ port: claim.port })).rejects.toThrow('ECONNREFUSED')
})
