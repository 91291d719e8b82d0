import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type EdgeWithWebhook, edgeWithWebhook } from '../../src/testing/original-phone.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { proxyHeaderServer } from '../../src/testing/proxy-header-server.ts'

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
