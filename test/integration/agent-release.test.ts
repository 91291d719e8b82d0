import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { allLive, type Behaviour, FAKE_DIGEST, fakeEdge } from '../../src/testing/fake-edge.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { startProcess } from '../../src/testing/start-process.ts'

const START = join(import.meta.dirname, '../../src/agent/start.ts')

/** An agent that calls as `pod-0`, from the "node" 127.0.0.2, and then not before it is told to stop. */
async function liveAgent(url: string, token: string, claims: string) {
  const env = {
    HOMEPORT_EDGES: url,
    HOMEPORT_TOKEN: token,
    HOMEPORT_OWNER: 'mqtt/mosquitto',
    HOMEPORT_PHONE: 'pod-0',
    HOMEPORT_CLAIMS: claims,
    HOMEPORT_INTERVAL: '600',
    HOMEPORT_SOURCE_ADDRESS: '127.0.0.2',
  }
  const agent = await startProcess(onTestFinished, process.execPath, [START], { env })
  await agent.printed(/live/)
  const stop = async () => {
    agent.kill('SIGTERM')
    expect((await agent.exited).code).toBe(0)
    return agent.stdout
  }
  return { stop }
}

describe('an agent that is told to stop', () => {
  const mismatch: Behaviour = (call) =>
    call.method === 'DELETE' ? { status: 412, body: { code: 'digest-mismatch' } } : allLive(call)

  it('releases the document that it put, and no other', async () => {
    const edge = await fakeEdge(onTestFinished)
    const agent = await liveAgent(edge.url, edge.token, '8443:30843')
    expect(await agent.stop()).toMatch(/info +released /)
    expect(edge.calls.at(-1)).toMatchObject({
      method: 'DELETE',
      headers: { 'if-match': `"${FAKE_DIGEST}"` },
    })
  })

  it('leaves the document of another alone without ado', async () => {
    const edge = await fakeEdge(onTestFinished, { behaviour: mismatch })
    const agent = await liveAgent(edge.url, edge.token, '8443:30843')
    const log = await agent.stop()
    expect(log).toMatch(/info +left to the phone that took over /)
    expect(log).not.toMatch(/warn|error/)
  })

  it('takes no port from its successor, who gives it up in its turn', async () => {
    const edge = await EdgeProcess.start(onTestFinished)
    const node = await echoServer(onTestFinished, { host: '127.0.0.2', name: 'node' })
    const port = await freePort()
    const url = `https://127.0.0.1:${edge.apiPort}`
    const [token, claims] = [await edge.token(), `${port}:${node.port}`]
    const old = await liveAgent(url, token, claims)
    const successor = await liveAgent(url, token, claims)
    expect(await old.stop()).toMatch(/left to the phone that took over/)
    expect(await edge.claims()).toMatchObject([{ phone: 'pod-0', port, state: 'live' }])
    expect(await connectAndRead({ port })).toMatch('node')
    expect(await successor.stop()).toMatch(/ released /)
    expect(await edge.claims()).toEqual([])
  })
})
