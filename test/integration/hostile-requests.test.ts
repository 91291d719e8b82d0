import { once } from 'node:events'
import type { ClientRequest } from 'node:http'
import { request } from 'node:https'
import { Readable } from 'node:stream'
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { fakeToken } from '../../src/testing/fake-edge.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { type Neighbourhood, startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'

const stack = new CleanupStack()
let there: Neighbourhood
let edge: EdgeProcess
let valid: Phone

/** A document that is right. */
let document: { claims: unknown[] }

beforeAll(async () => {
  there = await startNeighbourhood(stack.defer)
  edge = there.edge
  valid = await edge.phone('valid')
  document = { claims: [claimFor(await freePort(), there.node.port)] }
  expect((await valid.put(document)).status).toBe(200)
})
afterAll(() => stack.release())

// Whatever came before: callers are answered, the neighbour is served, and the daemon has not grown.
afterEach(async () => {
  expect((await valid.put(document)).status).toBe(200)
  await there.stillServes()
  expect(await edge.memory()).toBeLessThan(250)
})

/** A call of which nothing but the head was sent. */
function beginCall(phone: string, token: string): ClientRequest {
  const call = request({
    ...{ host: '127.0.0.1', port: edge.apiPort, method: 'PUT', path: `/v1/clusters/home/phones/${phone}` },
    ...{ agent: false, rejectUnauthorized: false },
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
  })
  onTestFinished(() => void call.destroy())
  return call
}

/** Sends a body for as long as somebody reads it. Tells the answer's status, if one came through, and the bytes sent. */
async function pour(token: string, chunks: Iterable<Buffer>) {
  const call = beginCall('flood', token)
  const source = Readable.from(chunks)
  let sent = 0
  source.on('data', (chunk: Buffer) => {
    sent += chunk.length
  })
  source.pipe(call)
  const status = await new Promise<number | undefined>((resolve) => {
    // At once: with nobody to send to, all that is left would be counted before a promise is heard of.
    const end = (status?: number) => {
      source.destroy()
      resolve(status)
    }
    call.on('response', (response) => end(response.resume().statusCode))
    // Whoever goes on sending may find the connection closed before the answer was read.
    call.on('error', () => end())
  })
  return { status, sent }
}

const MEGABYTE = Buffer.alloc(1 << 20, ' ')

function* megabytes(count: number) {
  for (let sent = 0; sent < count; sent++) yield MEGABYTE
}

it('reads no more of 100 MB than a document may have', async () => {
  const { status, sent } = await pour(await edge.token(), megabytes(100))
  expect([413, undefined]).toContain(status)
  expect(sent).toBeLessThan(60 << 20)
})

it('answers somebody without a token before 100 MB are sent, and keeps nothing of them', async () => {
  const { status } = await pour(fakeToken('f'.repeat(43)), megabytes(100))
  expect([401, undefined]).toContain(status)
})

it('serves others while a hundred bodies never end', async () => {
  const token = await edge.token()
  const calls = Array.from({ length: 100 }, (_, index) => beginCall(`slow-${index}`, token))
  const begun = calls.map(async (call) => {
    const [socket] = await once(
      call.on('error', () => {}),
      'socket',
    )
    await once(socket, 'secureConnect')
    call.write('{"claims":[')
  })
  await Promise.all(begun)
  const port = await freePort()
  const answer = await edge.call('quick', { claims: [claimFor(port, there.node.port)] })
  expect(answer.status).toBe(200)
  expect(calls.filter(({ destroyed }) => destroyed)).toEqual([])
})

it.each([
  ['nests 100,000 deep', '['.repeat(100_000), 400, 'json-invalid'],
  [
    'nests 100,000 deep in a claim',
    `{"claims":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
    400,
    'json-invalid',
  ],
  ['has a key twice', '{"claims":[],"claims":[]}', 400, 'json-invalid'],
  ['has a key twice in a claim', '{"claims":[{"port":1,"port":2}]}', 400, 'json-invalid'],
  ['is a list', '[]', 422, 'document-invalid'],
  ['is a word', 'claims', 400, 'json-invalid'],
  ['breaks off', '{"claims":[', 400, 'json-invalid'],
  ['would change a prototype', '{"__proto__":{"claims":[]}}', 422, 'document-invalid'],
  ['has a field that nobody knows', '{"claims":[],"clams":[]}', 422, 'document-invalid'],
  ['wants a lease for ever', '{"ttl":1e300,"claims":[]}', 422, 'document-invalid'],
  ['has a fence below zero', '{"fence":-1,"claims":[]}', 422, 'document-invalid'],
  ['has more claims than any', `{"claims":[${'0,'.repeat(20_000)}0]}`, 422, 'document-invalid'],
])('refuses a document that %s, and keeps the one it has', async (_, body, status, code) => {
  const before = await valid.read()
  expect(await valid.putBody(body)).toMatchObject({ status, code })
  expect((await valid.read()).digest).toBe(before.digest)
})

it.each([
  ['text/plain', 415],
  ['application/x-www-form-urlencoded', 415],
  ['application/json; charset=utf-8', 200],
])('answers a body of type %s with %i', async (type, status) => {
  expect((await valid.put(document, { 'content-type': type })).status).toBe(status)
})

it('is quick to a caller with a token while a thousand come with wrong ones', async () => {
  const wrong = Array.from({ length: 1_000 }, async (_, index) => {
    const token = fakeToken('f'.repeat(43), `guess${String(index).padStart(4, '0')}`)
    return (await new Phone({ apiPort: edge.apiPort, name: 'valid', token }).put(document)).status
  })
  const right = Array.from({ length: 10 }, async () => (await valid.put(document)).status)
  expect(await Promise.all(right)).toEqual(right.map(() => 200))
  expect(new Set(await Promise.all(wrong))).toEqual(new Set([401]))
  const lines = edge.log.split('\n').filter((line) => line.includes('turned-away'))
  expect(lines.length).toBeGreaterThan(0)
  expect(lines.length).toBeLessThan(5)
  expect(edge.log).not.toContain('s'.repeat(43))
})
