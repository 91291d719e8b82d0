import { expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { freePorts } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { until } from '../../src/testing/until.ts'

it('a phone that falls silent keeps its port, and its backend while that is well, until the hold is over', async () => {
  const { edge, node } = await startNeighbourhood(onTestFinished, {
    env: { HOMEPORT_EDGE_LEASES_HOLD: '5s' },
  })
  const [well = 0, failing = 0, calling = 0] = await freePorts(3)
  const dying = await echoServer(onTestFinished, { host: '127.0.0.3', port: node.port, name: 'dying' })
  const phones = {
    well: await edge.phone('well'),
    failing: await edge.phone('failing', { localAddress: dying.host }),
    calling: await edge.phone('calling'),
    rival: await edge.phone('rival'),
  }
  const document = (port: number) => ({ ttl: 5, claims: [claimFor(port, node.port)] })
  const wish = {
    ttl: 60,
    claims: [well, failing].map((port) => claimFor(port, node.port, { owner: 'web/rival' })),
  }
  await phones.well.put(document(well))
  await phones.failing.put(document(failing))
  const { digest = '' } = await phones.calling.put(document(calling))
  const claimsOf = async (phone: string) => (await edge.claims()).filter((claim) => claim.phone === phone)
  const heartbeat = setInterval(() => void phones.calling.renew(digest), 1_000)
  onTestFinished(() => clearInterval(heartbeat))

  await dying.stop()
  await until(async () => (await claimsOf('failing'))[0]?.code === 'no-backend', { deadline: 30_000 })
  // Stale, and served; kept for their owner, with a backend or without.
  expect(await claimsOf('well')).toMatchObject([{ state: 'stale' }])
  expect((await edge.routes()).find(({ port }) => port === well)).toMatchObject({
    backends: [{ stale: true }],
  })
  expect(await connectAndRead({ port: well })).toMatch(/^node /)
  expect((await phones.rival.put(wish)).claims).toMatchObject([
    { code: 'port-taken' },
    { code: 'port-taken' },
  ])
  // Somebody else at the old address gets nothing of the traffic before the phone has called.
  await echoServer(onTestFinished, { host: dying.host, port: dying.port, name: 'stranger' })

  await until(async () => (await phones.rival.put(wish)).status === 200, { deadline: 30_000, interval: 200 })
  expect(await Promise.all([well, failing].map((port) => connectAndRead({ port })))).toEqual([
    expect.stringMatching(/^node /),
    expect.stringMatching(/^node /),
  ])
  expect(await claimsOf('well')).toEqual([])
  expect(await claimsOf('calling')).toMatchObject([{ state: 'live' }])
})
