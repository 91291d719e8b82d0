import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor, Phone } from '../../src/testing/phone.ts'
import { openSession } from '../../src/testing/session.ts'
import { until } from '../../src/testing/until.ts'

it('every acknowledged claim is there after kill -9 at any moment, and is served all the time', async () => {
  const { edge, node, stillServes } = await startNeighbourhood(onTestFinished)
  const session = await openSession(onTestFinished, { port: (await edge.routes())[0]?.port ?? 0 })
  await session.line()
  const token = await edge.token()
  const acknowledged: number[] = []
  const served = async (ports: readonly number[]) =>
    await Promise.all(ports.map((port) => connectAndRead({ port })))

  for (let round = 0; round < 2; round++) {
    let killed = false
    const callers = Array.from({ length: 4 }, async () => {
      while (!killed) {
        const port = await freePort()
        const phone = new Phone({ apiPort: edge.apiPort, name: `phone-${port}`, token })
        const answer = await phone.put({ claims: [claimFor(port, node.port)] }).catch(() => undefined)
        if (answer?.status === 200) acknowledged.push(port)
      }
    })
    const before = acknowledged.length
    await until(() => acknowledged.length > before)
    await sleep(Math.random() * 400)
    await edge.kill9()
    killed = true
    await Promise.all([...callers, stillServes()])
    const greetings = acknowledged.map(() => 'node 127.0.0.1')
    expect(await served(acknowledged)).toEqual(greetings)

    await edge.start()
    const live = new Set((await edge.routes()).flatMap(({ port, state }) => (state === 'live' ? [port] : [])))
    expect(acknowledged.filter((port) => !live.has(port))).toEqual([])
    expect(await served(acknowledged)).toEqual(greetings)
  }
  expect(await session.ask('still there?')).toBe('still there?')
})

it('releases, tokens and owners outlive the daemon as claims do', async () => {
  const { edge, node } = await startNeighbourhood(onTestFinished)
  const [kept, released] = await freePorts(2)
  if (kept === undefined || released === undefined) throw new Error('no ports')
  const phone = await edge.phone('phone')
  const rival = await edge.phone('rival')
  await phone.put({ claims: [claimFor(kept, node.port), claimFor(released, node.port)] })
  const answer = await phone.put({ claims: [claimFor(kept, node.port)] })
  const wish = { claims: [claimFor(kept, node.port, { owner: 'web/nginx' })] }
  await rival.put(wish)
  const [first] = JSON.parse((await edge.admin('GET', '/v1/tokens')).text)
  await edge.admin('DELETE', `/v1/tokens/${first.id}`)
  await edge.kill9()
  await edge.start()

  expect((await phone.renew(answer.digest ?? '')).status).toBe(204)
  expect(await rival.put(wish)).toMatchObject({ claims: [{ code: 'port-taken' }] })
  await expect(connectAndRead({ port: released })).rejects.toThrow('ECONNREFUSED')
  const tokens: { id: string }[] = JSON.parse((await edge.admin('GET', '/v1/tokens')).text)
  expect(tokens.map(({ id }) => id)).not.toContain(first.id)
  expect(tokens).toHaveLength(2)
})
