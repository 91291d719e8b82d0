import { expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePorts } from '../../src/testing/free-port.ts'
import { claimFor } from '../../src/testing/phone.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'

it('an edge that comes back with other settings takes back the ports that it now keeps for itself', async () => {
  const node = await echoServer(onTestFinished, { host: '127.0.0.2', name: 'node' })
  const folder = await temporaryFolder(onTestFinished)
  const dirs = { stateDir: `${folder}/state`, runtimeDir: `${folder}/run` }
  const [kept = 0, reserved = 0, api = 0] = await freePorts(3)
  const before = await EdgeProcess.start(onTestFinished, dirs)
  const phone = await before.phone('a')
  const claims = [kept, reserved, api].map((port) => claimFor(port, node.port))
  expect((await phone.put({ claims })).status).toBe(200)
  await before.stop()

  const env = {
    HOMEPORT_EDGE_PORTS_RESERVED: String(reserved),
    HOMEPORT_EDGE_API_LISTEN: `127.0.0.1:${api}`,
  }
  const after = await EdgeProcess.start(onTestFinished, { ...dirs, env })
  expect(await connectAndRead({ port: kept })).toMatch(/^node /)
  await expect(connectAndRead({ port: reserved })).rejects.toThrow('ECONNREFUSED')
  expect((await after.claims()).map(({ port, state }) => ({ port, state }))).toContainEqual({
    port: kept,
    state: 'live',
  })
  expect(after.log).toContain('refuse a claim that it held')
})
