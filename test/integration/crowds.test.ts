import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'
import { openSession } from '../../src/testing/session.ts'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess
let token: string

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
  token = await edge.token()
})
afterAll(() => stack.release())
afterEach(() => there.stillServes())

const phone = (name: string) => new Phone({ apiPort: edge.apiPort, name, token })
const reloads = async () => (await edge.status()).haproxy.reloads

it('fifty callers with a port each at once: all are live, in three reloads at most', async () => {
  const before = await reloads()
  const ports = await freePorts(50)
  const answers = await Promise.all(
    ports.map((port, index) => phone(`caller-${index}`).put({ claims: [claimFor(port, there.node.port)] })),
  )
  expect(answers.map(({ claims }) => claims[0]?.state)).toEqual(ports.map(() => 'live'))
  const greetings = await Promise.all(ports.map((port) => connectAndRead({ port })))
  expect(greetings).toEqual(ports.map(() => 'node 127.0.0.1'))
  expect((await reloads()) - before).toBeLessThanOrEqual(3)
})

it('two hundred ports in one document: one reload, and one more to release them all', async () => {
  const before = await reloads()
  const ports = await freePorts(200)
  const crowd = phone('crowd')
  const { status, digest = '' } = await crowd.put({
    claims: ports.map((port) => claimFor(port, there.node.port)),
  })
  expect(status).toBe(200)
  expect((await reloads()) - before).toBe(1)
  expect((await crowd.renew(digest)).status).toBe(204)
  await crowd.release()
  expect((await reloads()) - before).toBe(2)
  for (const port of [ports[0] ?? 0, ports[199] ?? 0]) {
    await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
  }
})

it('fifty callers want one port: one gets it, the others learn who has it', async () => {
  const port = await freePort()
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, index) =>
      phone(`rival-${index}`).put({
        claims: [claimFor(port, there.node.port, { owner: `rival/r${index}` })],
      }),
    ),
  )
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
  const [winner] = answers.flatMap(({ claims }) => claims.filter(({ state }) => state === 'live'))
  const details = answers.flatMap(({ claims }) =>
    claims.flatMap(({ code, detail }) => (code === 'port-taken' ? [detail] : [])),
  )
  expect(new Set(details)).toEqual(new Set([`tcp/${port} belongs to home/${winner?.owner}`]))
  expect(details).toHaveLength(49)
})

it('heartbeats and moves of a node reload nothing, and cut nothing', async () => {
  const port = await freePort()
  const other = await echoServer(onTestFinished, { host: '127.0.0.3', port: there.node.port, name: 'moved' })
  const document = { claims: [claimFor(port, there.node.port)] }
  await phone('moving').put(document)
  const before = await reloads()
  const session = await openSession(onTestFinished, { port })
  await session.line()
  for (const [localAddress, name] of [
    [other.host, 'moved'],
    [there.node.host, 'node'],
    [other.host, 'moved'],
  ] as const) {
    const moving = new Phone({ apiPort: edge.apiPort, name: 'moving', token, localAddress })
    const { digest = '' } = await moving.put(document)
    expect(await connectAndRead({ port })).toMatch(new RegExp(`^${name} `))
    expect((await moving.renew(digest)).status).toBe(204)
    expect((await moving.put(document)).status).toBe(200)
  }
  expect(await session.ask('still there?')).toBe('still there?')
  expect((await reloads()) - before).toBe(0)
})
