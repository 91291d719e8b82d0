import { expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'
import { shiftedClock } from '../../src/testing/shifted-clock.ts'
import { until } from '../../src/testing/until.ts'
import type { TokenCreated } from '../../src/wire/token.ts'

const HOUR = 3_600_000

it('a wall clock that is set ends no lease early and none late, and nothing acknowledged is lost', async () => {
  const clock = await shiftedClock(onTestFinished)
  const env = { ...clock.env, HOMEPORT_EDGE_LEASES_HOLD: '2s' }
  const { edge, node, stillServes } = await startNeighbourhood(onTestFinished, { env })
  const port = await freePort()
  const document = { ttl: 5, claims: [claimFor(port, node.port)] }
  const state = async () => (await edge.claims()).find((claim) => claim.port === port)?.state

  clock.set(-HOUR)
  const start = performance.now()
  expect((await edge.call('silent', document)).status).toBe(200)
  clock.set(24 * HOUR)
  await until(async () => (await state()) === 'stale', { deadline: 30_000 })
  expect(performance.now() - start).toBeGreaterThan(4_900)
  clock.set(-HOUR)
  await until(async () => (await state()) === undefined, { deadline: 30_000 })
  expect((await edge.claims()).map(({ phone }) => phone)).toEqual(['neighbour'])

  await edge.kill9()
  await edge.start()
  await stillServes()
  expect((await edge.status()).haproxy.reloads).toBe(0)
  expect((await edge.call('again', document)).status).toBe(200)
  expect(await connectAndRead({ port })).toMatch(/^node /)
})

it('a token expires by the wall clock', async () => {
  const clock = await shiftedClock(onTestFinished)
  const { edge } = await startNeighbourhood(onTestFinished, { env: clock.env })
  const expires = new Date(Date.now() + HOUR).toISOString()
  const made = await edge.admin('POST', '/v1/tokens', { name: 'short', scope: { role: 'phone' }, expires })
  const { token }: TokenCreated = JSON.parse(made.text)
  const phone = new Phone({ apiPort: edge.apiPort, name: 'phone', token })
  const codes = []
  for (const shift of [0, -HOUR, HOUR + 1_000, 0]) {
    clock.set(shift)
    const { status, code } = await phone.put({ claims: [] })
    codes.push(code ?? status)
  }
  expect(codes).toEqual([200, 200, 'token-expired', 200])
})
