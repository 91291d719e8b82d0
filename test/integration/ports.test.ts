import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { type EchoServer, echoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { openSession, type Session } from '../../src/testing/session.ts'
import { until } from '../../src/testing/until.ts'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess
let node: EchoServer

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
  node = there.node
})
afterAll(() => stack.release())
afterEach(() => there.stillServes())

/** The edge's answer to one claim of a phone that nobody else is. */
async function claimAlone(claim: unknown) {
  const phone = await edge.phone(`phone-${await freePort()}`)
  return await phone.put({ claims: [claim] })
}

/** A session that is open with this backend and no other. */
async function sessionWith(name: string, port: number): Promise<Session> {
  return await until(async () => {
    const session = await openSession(onTestFinished, { port })
    return (await session.line()).startsWith(`${name} `) && session
  })
}

describe('a port that cannot be had', () => {
  it.each([0, -1, 65_536, 1e9, 8443.5, '443 ', '8443', null, [8443]])('%j is none', async (port) => {
    expect(await claimAlone({ ...claimFor(1, node.port), port })).toMatchObject({
      status: 422,
      claims: [{ state: 'refused', code: 'claim-invalid' }],
    })
  })

  it("the API's own is reserved", async () => {
    expect(await claimAlone(claimFor(edge.apiPort, node.port))).toMatchObject({
      status: 409,
      claims: [{ state: 'refused', code: 'port-reserved' }],
    })
    expect((await edge.status()).ready).toBe(true)
  })

  it("22 is the sshd's, or needs rights that this edge does not have", async () => {
    await echoServer(onTestFinished, { port: 22, name: 'sshd' }).catch(() => 'there is one already')
    const { status, claims } = await claimAlone(claimFor(22, node.port))
    expect([403, 409]).toContain(status)
    expect(['port-taken-on-host', 'port-not-permitted']).toContain(claims[0]?.code)
  })
})

it('a port that the machine has is served within 5 s of its becoming free', async () => {
  const program = await echoServer(onTestFinished, { port: await freePort(), name: 'program' })
  const { port } = program
  expect(await claimAlone(claimFor(port, node.port))).toMatchObject({
    status: 409,
    claims: [{ code: 'port-taken-on-host', permanent: false }],
  })
  expect(await connectAndRead({ port })).toMatch(/^program /)
  await program.stop()
  const greeting = await until(() => connectAndRead({ port }), { deadline: 5_000 })
  expect(greeting).toMatch(/^node /)
  await until(async () => (await edge.routes()).find((route) => route.port === port)?.state === 'live')
})

describe('a port with two claimants', () => {
  it('is refused to the second owner by the name of the first, and his when it is released', async () => {
    const port = await freePort()
    const [first, second] = await Promise.all([edge.phone('first'), edge.phone('second')])
    const other = await echoServer(onTestFinished, { host: '127.0.0.3', name: 'other' })
    await first.put({ claims: [claimFor(port, node.port)] })
    const document = {
      claims: [
        claimFor(port, other.port, {
          owner: 'web/nginx',
          backends: [{ address: other.host, port: other.port }],
        }),
      ],
    }
    expect(await second.put(document)).toMatchObject({
      status: 409,
      claims: [{ code: 'port-taken', detail: expect.stringContaining('home/mqtt/mosquitto') }],
    })
    expect(await connectAndRead({ port })).toMatch(/^node /)

    expect((await first.release()).status).toBe(204)
    const greeting = await until(() => connectAndRead({ port }))
    expect(greeting).toMatch(/^other /)
    expect(await second.put(document)).toMatchObject({ status: 200, claims: [{ state: 'live' }] })
  })

  it('is shared by two nodes of one owner, and nobody notices when one of them dies', async () => {
    const port = await freePort()
    const twin = await echoServer(onTestFinished, { host: '127.0.0.3', port: node.port, name: 'twin' })
    for (const { host } of [node, twin]) {
      const phone = await edge.phone(`on-${host}`, { localAddress: host })
      expect((await phone.put({ claims: [claimFor(port, node.port)] })).status).toBe(200)
    }
    const names = async () => {
      const greetings = await Promise.all(Array.from({ length: 6 }, () => connectAndRead({ port })))
      return new Set(greetings.map((greeting) => greeting.split(' ')[0]))
    }
    await until(async () => (await names()).size === 2)
    const session = await sessionWith('node', port)
    await twin.stop()
    expect(await names()).toEqual(new Set(['node']))
    expect(await session.ask('still there?')).toBe('still there?')
  })
})

describe('a port that is released', () => {
  it('is closed when the edge has answered, and a session on it goes on', async () => {
    const port = await freePort()
    const phone = await edge.phone('leaving')
    await phone.put({ claims: [claimFor(port, node.port)] })
    const session = await openSession(onTestFinished, { port })
    await session.line()
    expect((await phone.release()).status).toBe(204)
    await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
    expect(await session.ask('still there?')).toBe('still there?')
    expect((await phone.release()).code).toBe('document-unknown')
  })

  it("is anybody's", async () => {
    const port = await freePort()
    const first = await edge.phone('giving')
    await first.put({ claims: [claimFor(port, node.port)] })
    await first.put({ claims: [] })
    expect(await claimAlone(claimFor(port, node.port, { owner: 'web/nginx' }))).toMatchObject({ status: 200 })
    expect(await connectAndRead({ port })).toMatch(/^node /)
  })
})
