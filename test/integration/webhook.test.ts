import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type EdgeWithWebhook, edgeWithWebhook } from '../../src/testing/original-phone.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { proxyHeaderServer } from '../../src/testing/proxy-header-server.ts'
import { until } from '../../src/testing/until.ts'

// What the original's callers rely on; what went wrong in the original itself is in original-faults.test.ts.

const stack = new CleanupStack()
let there: EdgeWithWebhook

beforeAll(async () => {
  there = await edgeWithWebhook(stack.defer)
})
afterAll(() => stack.release())

it.each([
  ['true', 'v1'],
  ['send-proxy-v2', 'v2'],
])('send-proxy %j: the node gets the client in a header of %s', async (sendProxy, version) => {
  const node = await proxyHeaderServer(onTestFinished, { host: '127.0.0.2' })
  const port = await freePort()
  const fields = { 'frontend-port': String(port), 'backend-port': String(node.port), 'send-proxy': sendProxy }
  expect((await there.call(fields)).status).toBe(200)
  const greeting = await connectAndRead({ port, localAddress: '127.0.0.9' })
  expect(greeting).toMatch(new RegExp(`^${version} 127\\.0\\.0\\.9 `))
})

it("a port of a modern phone is refused to the original, and the other way round, by the owner's name", async () => {
  const node = await echoServer(onTestFinished, { host: '127.0.0.2', name: 'node' })
  const [modern, original] = [await freePort(), await freePort()]
  const phone = await there.edge.phone('modern')
  const fields = { name: 'Kanboard', 'backend-port': String(node.port) }
  expect((await phone.put({ claims: [claimFor(modern, node.port)] })).status).toBe(200)
  expect((await there.call({ ...fields, 'frontend-port': String(original) })).status).toBe(200)

  const refused = await there.call({ ...fields, 'frontend-port': String(modern) })
  expect(refused.status).toBe(409)
  expect(refused.json()).toMatchObject({
    claims: [{ code: 'port-taken', detail: expect.stringContaining('home/mqtt/mosquitto') }],
  })
  expect(
    await phone.put({ claims: [claimFor(modern, node.port), claimFor(original, node.port)] }),
  ).toMatchObject({
    status: 207,
    claims: [{ state: 'live' }, { detail: expect.stringContaining('original/default/kanboard') }],
  })
})

it('a delete whose port HAProxy cannot close yet says so, each time, until it is closed', async () => {
  const { edge, call } = await edgeWithWebhook(onTestFinished)
  const node = await echoServer(onTestFinished, { host: '127.0.0.2', name: 'node' })
  const port = await freePort()
  const fields = { 'frontend-port': String(port), 'backend-port': String(node.port) }
  expect((await call(fields)).status).toBe(200)
  await edge.include('bad.cfg', 'frontend nonsense\n  bogus keyword\n')
  for (let time = 0; time < 2; time++) {
    const answer = await call({ ...fields, action: 'delete' })
    expect(answer.status).toBe(202)
    expect(answer.json()).toMatchObject({ closing: [{ port, protocol: 'tcp', code: expect.any(String) }] })
  }
  await edge.include('bad.cfg', '')
  await until(async () => (await call({ ...fields, action: 'delete' })).status === 200)
  await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
})
