import { execFileSync } from 'node:child_process'
import { rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { startNeighbourhood } from '../../src/testing/neighbourhood.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { openSession } from '../../src/testing/session.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const HAPROXY_3 = process.env['HOMEPORT_HAPROXY_3'] ?? ''
const BINARIES = ['haproxy', HAPROXY_3].filter((binary) => binary !== '')

const startOn = (binary: string) =>
  startNeighbourhood(onTestFinished, { env: { HOMEPORT_EDGE_HAPROXY_BINARY: binary } })

const haproxyOf = async (edge: EdgeProcess) => (await edge.status()).haproxy

describe.each(BINARIES)('an edge on %s', (binary) => {
  it('refuses new ports while a file in haproxy.d is wrong, naming its line, and goes on when it is mended', async () => {
    const { edge, node, stillServes } = await startOn(binary)
    const other = await echoServer(onTestFinished, { host: '127.0.0.3', port: node.port, name: 'other' })
    const [phone, late] = [await edge.phone('phone'), await edge.phone('late', { localAddress: other.host })]
    const [running, wanted, own] = [await freePort(), await freePort(), await freePort()]
    await phone.put({ claims: [claimFor(running, node.port)] })
    await edge.include('operator.cfg', 'frontend mine\n    mode tcp\n    bnid 127.0.0.1:1\n')

    const wish = { claims: [claimFor(wanted, node.port)] }
    expect(await late.put(wish)).toMatchObject({
      status: 503,
      claims: [{ code: 'haproxy-refused', detail: expect.stringMatching(/operator\.cfg:3/) }],
    })
    await stillServes()
    // What runs may move still: that needs no reload.
    const moved = claimFor(running, node.port, { backends: [{ address: other.host, port: other.port }] })
    expect((await phone.put({ claims: [moved] })).status).toBe(200)
    expect(await connectAndRead({ port: running })).toMatch(/^other /)

    await edge.include('operator.cfg', operatorsOwn(own, node.port))
    await until(async () => (await late.put(wish)).status === 200, { deadline: 30_000 })
    expect(await connectAndRead({ port: wanted })).toMatch(/^other /)
    expect(await connectAndRead({ port: own })).toMatch(/^node /)
  })

  it('is adopted by the next daemon as it is: the same worker, no reload, no session cut', async () => {
    const { edge, port, stillServes } = await startOn(binary)
    const { pid } = await haproxyOf(edge)
    const session = await openSession(onTestFinished, { port })
    await session.line()
    for (const end of [() => edge.kill9(), () => edge.stop()]) {
      await end()
      await stillServes()
      await edge.start()
      expect(await haproxyOf(edge)).toMatchObject({ pid, reloads: 0 })
    }
    expect(await session.ask('still there?')).toBe('still there?')
  })
})

it.skipIf(HAPROXY_3 === '')('takes a HAProxy that was upgraded in place at the next reload', async () => {
  const program = join(await temporaryFolder(onTestFinished), 'haproxy')
  await symlink(execFileSync('which', ['haproxy'], { encoding: 'utf8' }).trim(), program)
  const { edge, node, stillServes } = await startOn(program)
  const { version } = await haproxyOf(edge)
  await rm(program)
  await symlink(HAPROXY_3, program)
  const port = await freePort()
  expect((await edge.call('phone', { claims: [claimFor(port, node.port)] })).status).toBe(200)
  expect(await connectAndRead({ port })).toMatch(/^node /)
  await stillServes()
  expect((await haproxyOf(edge)).version).not.toBe(version)
})

function operatorsOwn(port: number, nodePort: number): string {
  const lines = [
    ...['mode tcp', 'timeout connect 1s', 'timeout client 1m', 'timeout server 1m'],
    ...[`bind 127.0.0.1:${port}`, `server node 127.0.0.2:${nodePort}`],
  ]
  return `listen mine\n${lines.map((line) => `    ${line}\n`).join('')}`
}
