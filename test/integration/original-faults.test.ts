import { readdir, readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { type EchoServer, echoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { type EdgeWithWebhook, edgeWithWebhook, type OriginalCall } from '../../src/testing/original-phone.ts'
import { until } from '../../src/testing/until.ts'

// Each fault that was measured in the original implementation, by the original's own call.

const stack = new CleanupStack()
let edge: EdgeProcess
let call: EdgeWithWebhook['call']
let node: EchoServer
let neighbour: number

const claim = (port: number, { host, port: nodePort }: EchoServer, more: Partial<OriginalCall> = {}) =>
  call({ 'frontend-port': String(port), 'backend-port': String(nodePort), 'dst-ip': host, ...more })

beforeAll(async () => {
  ;({ edge, call } = await edgeWithWebhook(stack.defer, { HOMEPORT_EDGE_WEBHOOK_LEASE: '5s' }))
  node = await echoServer(stack.defer, { host: '127.0.0.2', name: 'node' })
  neighbour = await freePort()
  expect((await claim(neighbour, node, { name: 'neighbour' })).status).toBe(200)
})
afterAll(() => stack.release())

afterEach(async () => {
  expect(await connectAndRead({ port: neighbour })).toMatch(/^node /)
})

it('answers when the port is live, not before', async () => {
  for (const port of await freePorts(3)) {
    expect((await claim(port, node)).status).toBe(200)
    expect(await connectAndRead({ port })).toMatch(/^node /)
  }
})

it('turns a wrong token away, and does nothing', async () => {
  const port = await freePort()
  const answer = await call({ 'frontend-port': String(port) }, 'wrong')
  expect(answer.status).toBe(401)
  await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
})

it('serves all of fifty ports that are claimed at once', async () => {
  const { reloads } = (await edge.status()).haproxy
  const ports = await freePorts(50)
  const answers = await Promise.all(ports.map((port) => claim(port, node)))
  expect(answers.map(({ status }) => status)).toEqual(ports.map(() => 200))
  const greetings = await Promise.all(ports.map((port) => connectAndRead({ port })))
  expect(greetings).toEqual(ports.map(() => 'node 127.0.0.1'))
  expect((await edge.status()).haproxy.reloads - reloads).toBeLessThanOrEqual(3)
})

it('shares a port among two nodes, until one is deleted', async () => {
  const other = await echoServer(onTestFinished, { host: '127.0.0.3', name: 'other' })
  const port = await freePort()
  await Promise.all([claim(port, node), claim(port, other)])
  await until(async () => (await namesAt(port, 4)).size === 2)
  expect((await claim(port, node, { action: 'delete' })).status).toBe(200)
  expect(await namesAt(port, 4)).toEqual(new Set(['other']))
  expect((await claim(port, other, { action: 'delete' })).status).toBe(200)
  await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
})

it.each(['name', 'frontend-port', 'backend-port', 'dst-ip', 'send-proxy'] as const)(
  'lets no line into the configuration by way of %s',
  async (field) => {
    const before = await readFile(edge.haproxyConfig, 'utf8')
    const answer = await call({ [field]: '8443\n  server injected 127.0.0.9:22' })
    expect(answer.status).toBe(422)
    expect(await readFile(edge.haproxyConfig, 'utf8')).toBe(before)
  },
)

it('writes no file by way of a port or a name', async () => {
  const before = await filesOf(edge)
  for (const field of ['frontend-port', 'backend-port', 'name']) {
    expect((await call({ [field]: '../../../../tmp/written' })).status).toBe(422)
  }
  expect(await filesOf(edge)).toEqual(before)
})

it('refuses a port that the machine has, and nothing else, for no moment', async () => {
  const sshd = await echoServer(onTestFinished, { name: 'sshd' })
  const calls = Promise.all([claim(sshd.port, node), claim(await freePort(), node)])
  let over = false
  const watched = calls.finally(() => {
    over = true
  })
  while (!over) expect(await connectAndRead({ port: neighbour })).toMatch(/^node /)
  expect((await watched).map(({ status }) => status)).toEqual([409, 200])
})

it('goes on taking claims after one with an address that is none', async () => {
  expect((await call({ 'dst-ip': '192.0.2.999' })).status).toBe(422)
  const port = await freePort()
  expect((await claim(port, node)).status).toBe(200)
  expect(await connectAndRead({ port })).toMatch(/^node /)
})

it('forgets a node that died', async () => {
  const dying = await echoServer(onTestFinished, { host: '127.0.0.3', name: 'dying' })
  const port = await freePort()
  await Promise.all([claim(port, node), claim(port, dying)])
  await dying.stop()
  const backends = async () => (await edge.routes()).find((route) => route.port === port)?.backends ?? []
  await until(
    async () => {
      await claim(port, node)
      return (await backends()).every(({ address }) => address === node.host)
    },
    { deadline: 30_000, interval: 500 },
  )
  expect(await connectAndRead({ port })).toMatch(/^node /)
})

it('is healed by the next call after kill -9 at any moment', { timeout: 90_000 }, async () => {
  for (let round = 0; round < 3; round++) {
    const port = await freePort()
    const cut = claim(port, node).catch(() => undefined)
    await sleep(Math.random() * 60)
    await edge.kill9()
    await cut
    await edge.start()
    expect((await claim(port, node)).status).toBe(200)
    expect(await connectAndRead({ port })).toMatch(/^node /)
  }
})

/** Who answers so many connections. */
async function namesAt(port: number, count: number): Promise<Set<string | undefined>> {
  const greetings = await Promise.all(Array.from({ length: count }, () => connectAndRead({ port })))
  return new Set(greetings.map((greeting) => greeting.split(' ')[0]))
}

async function filesOf({ folder }: EdgeProcess): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).sort()
}
