import { readFile, writeFile } from 'node:fs/promises'
import { expect, it, onTestFinished } from 'vitest'
import { ask } from '../../src/edge/haproxy/cli.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { until } from '../../src/testing/until.ts'

const haproxyOf = async (edge: EdgeProcess) => (await edge.status()).haproxy

it('serves again when HAProxy was killed, also while the daemon was down', async () => {
  const { edge, stillServes } = await startNeighbourhood(onTestFinished)
  const { pid } = await haproxyOf(edge)
  edge.signalHaproxy('SIGKILL')
  await until(() => stillServes().then(() => true))
  await until(async () => (await edge.status()).ready)
  expect((await haproxyOf(edge)).pid).not.toBe(pid)

  await edge.kill9()
  edge.signalHaproxy('SIGKILL')
  await edge.start()
  await stillServes()
})

it('calls no claim live while HAProxy hangs, and serves it afterwards', async () => {
  const { edge, node, stillServes } = await startNeighbourhood(onTestFinished)
  const phone = await edge.phone('phone')
  const port = await freePort()
  const document = { claims: [claimFor(port, node.port)] }
  edge.signalHaproxy('SIGSTOP')
  const answer = await phone.put(document)
  expect(answer).toMatchObject({ status: 503, claims: [{ code: 'haproxy-unavailable' }] })
  expect((await edge.status()).ready).toBe(false)
  await until(async () => (await phone.put(document)).status === 200, { deadline: 30_000 })
  expect(await connectAndRead({ port })).toMatch(/^node /)
  await stillServes()
})

it('puts back what another hand changed and loaded', async () => {
  const { edge, port, stillServes } = await startNeighbourhood(onTestFinished)
  const config = await readFile(edge.haproxyConfig, 'utf8')
  const foreign = await freePort()
  await writeFile(edge.haproxyConfig, config.replaceAll(`:${port}`, `:${foreign}`))
  // Around a reload, such as the neighbour's a moment ago, the master is away.
  await until(async () => [await ask(edge.masterSocket, 'reload', { timeout: 10_000, halfClose: true })])
  await until(() => stillServes().then(() => true))
  await until(async () => !(await serves(foreign)))
  await until(async () => (await readFile(edge.haproxyConfig, 'utf8')) === config)
})

async function serves(port: number): Promise<boolean> {
  return await connectAndRead({ port }).then(
    () => true,
    () => false,
  )
}
