import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allLive, type Behaviour, type FakeEdge, fakeEdge, fakeToken } from '../../src/testing/fake-edge.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { temporaryFolder } from '../../src/testing/temporary-folder.ts'
import { until } from '../../src/testing/until.ts'

const START = join(import.meta.dirname, '../../src/agent/start.ts')

function settings(edge: FakeEdge, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  return {
    HOMEPORT_EDGES: edge.url,
    HOMEPORT_TOKEN: edge.token,
    HOMEPORT_OWNER: 'mqtt/mosquitto',
    HOMEPORT_PHONE: 'pod-0',
    HOMEPORT_CLAIMS: '8443:30843',
    ...more,
  }
}

function startAgent(env: NodeJS.ProcessEnv, args: string[] = []) {
  return startProcess(onTestFinished, process.execPath, [START, ...args], { env })
}

const problem = (
  status: number,
  code: string,
  detail = 'd',
  permanent = true,
): Awaited<ReturnType<Behaviour>> => ({
  status,
  body: { code, detail, permanent, remedy: 'r' },
})

describe('homeport agent', () => {
  it('sends its document, is ready when it is live, and releases it when told to stop', async () => {
    const edge = await fakeEdge(onTestFinished)
    const readyFile = join(await temporaryFolder(onTestFinished), 'ready')
    const readyPort = await freePort()
    const env = settings(edge, { HOMEPORT_READY_FILE: readyFile, HOMEPORT_READY_PORT: String(readyPort) })
    const agent = await startAgent(env, ['--source-address', '127.0.0.2', '--allow', '192.0.2.0/24'])
    await agent.printed(/live .*port=tcp\/8443 backends=127\.0\.0\.2:30843/)
    const [call] = edge.calls
    expect(call).toMatchObject({
      method: 'PUT',
      path: '/v1/clusters/default/phones/pod-0',
      from: '127.0.0.2',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    })
    expect(JSON.parse(call?.body ?? '')).toEqual({
      ttl: 60,
      sequence: expect.any(Number),
      claims: [
        {
          owner: 'mqtt/mosquitto',
          port: 8443,
          protocol: 'tcp',
          backends: [{ port: 30843 }],
          allow: ['192.0.2.0/24'],
        },
      ],
    })
    expect(existsSync(readyFile)).toBe(true)
    expect((await fetch(`http://127.0.0.1:${readyPort}/readyz`)).status).toBe(200)

    agent.kill('SIGTERM')
    expect(await agent.exited).toEqual({ code: 0, signal: null })
    expect(edge.calls.at(-1)).toMatchObject({ method: 'DELETE', path: '/v1/clusters/default/phones/pod-0' })
    expect(existsSync(readyFile)).toBe(false)
    expect(agent.stdout + agent.stderr).not.toContain('s'.repeat(20))
  })

  it('keeps its claims when told to', async () => {
    const edge = await fakeEdge(onTestFinished)
    const agent = await startAgent(settings(edge, { HOMEPORT_RELEASE: 'no' }))
    await agent.printed(/live/)
    agent.kill('SIGINT')
    expect((await agent.exited).code).toBe(0)
    expect(edge.calls.map(({ method }) => method)).not.toContain('DELETE')
  })

  it('leaves in bounded time when the edge hangs', async () => {
    const edge = await fakeEdge(onTestFinished, {
      behaviour: (call) => (call.method === 'DELETE' ? 'hang' : allLive(call)),
    })
    const agent = await startAgent(settings(edge))
    await agent.printed(/live/)
    agent.kill('SIGTERM')
    expect((await agent.exited).code).toBe(0)
    expect(agent.stdout).toContain('not released: the claims lapse by themselves')
  })

  it('is not ready while a claim is refused, and says why once', async () => {
    const refused = {
      index: 0,
      port: 8443,
      protocol: 'tcp',
      state: 'refused',
      code: 'port-taken',
      detail: 'taken',
    }
    const edge = await fakeEdge(onTestFinished, {
      behaviour: () => ({ status: 409, body: { digest: 'd', claims: [{ ...refused, permanent: false }] } }),
    })
    const readyPort = await freePort()
    const agent = await startAgent(settings(edge, { HOMEPORT_READY_PORT: String(readyPort) }))
    await until(() => edge.calls.length >= 3)
    expect((await fetch(`http://127.0.0.1:${readyPort}/readyz`)).status).toBe(503)
    expect((await fetch(`http://127.0.0.1:${readyPort}/healthz`)).status).toBe(200)
    expect(agent.stdout.match(/port-taken/g)).toHaveLength(1)
  })

  it.each<[string, Behaviour]>([
    ['a whole refusal', () => problem(401, 'token-unknown')],
    [
      'a refusal of its only claim',
      () => ({
        status: 403,
        body: { claims: [{ port: 8443, state: 'refused', code: 'outside-scope', permanent: true }] },
      }),
    ],
  ])('ends with 3 after %s that no retry mends', async (_, behaviour) => {
    const edge = await fakeEdge(onTestFinished, { behaviour })
    const agent = await startAgent(settings(edge))
    expect((await agent.exited).code).toBe(3)
    expect(edge.calls.every(({ method }) => method === 'PUT')).toBe(true)
  })

  it('sends nothing to an edge with another key, and ends with 3', async () => {
    const edge = await fakeEdge(onTestFinished)
    const agent = await startAgent(settings(edge, { HOMEPORT_TOKEN: fakeToken('A'.repeat(43)) }))
    expect((await agent.exited).code).toBe(3)
    expect(agent.stdout).toContain('code=edge-untrusted')
    expect(edge.calls).toEqual([])
  })

  it('names all wrong settings and ends with 2', async () => {
    const agent = await startAgent({ HOMEPORT_CLAIMS: 'x' })
    expect((await agent.exited).code).toBe(2)
    for (const name of ['HOMEPORT_EDGES', 'HOMEPORT_TOKEN', 'HOMEPORT_OWNER', 'HOMEPORT_CLAIMS']) {
      expect(agent.stderr).toContain(`${name}: `)
    }
    expect(agent.stderr).not.toContain('    at ')
  })

  it('ends with 2 where its readiness file cannot be written, and makes no call', async () => {
    const edge = await fakeEdge(onTestFinished)
    const agent = await startAgent(settings(edge, { HOMEPORT_READY_FILE: '/proc/ready' }))
    expect((await agent.exited).code).toBe(2)
    expect(agent.stderr).toMatch(/HOMEPORT_READY_FILE: .*\/proc\/ready/)
    expect(edge.calls).toEqual([])
  })

  it('outlives an edge that is restarted, and calls as soon as it is back', async () => {
    const edge = await fakeEdge(onTestFinished)
    const agent = await startAgent(settings(edge, { HOMEPORT_INTERVAL: '600' }))
    await agent.printed(/live/)
    await edge.stop()
    await agent.printed(/the edge does not answer/)
    await edge.start()
    await agent.printed(/the edge answers again/)
    expect(edge.calls).toHaveLength(2)
  })

  it.each([
    ['garbage', () => ({ status: 200, body: 'garbage' })],
    ['a redirect', () => ({ status: 308, headers: { location: 'https://127.0.0.1:1/' } })],
    ['an answer without end', () => ({ status: 200, body: 'x'.repeat(2_000_000) })],
  ])('takes %s for no answer, and calls on', async (_, behaviour) => {
    const edge = await fakeEdge(onTestFinished, { behaviour })
    const agent = await startAgent(settings(edge))
    await agent.printed(/code=edge-unreachable/)
    edge.behave(allLive)
    await agent.printed(/live/)
  })

  it('goes on from the sequence that the edge holds', async () => {
    const held = Date.now() + 3_600_000
    const edge = await fakeEdge(onTestFinished, {
      behaviour: (call) =>
        JSON.parse(call.body || '{"sequence":0}').sequence < held
          ? problem(409, 'document-outdated', `sequence 1 is below ${held}`, false)
          : allLive(call),
    })
    const agent = await startAgent(settings(edge), ['--interval', 'once'])
    expect((await agent.exited).code).toBe(0)
    expect(JSON.parse(edge.calls.at(-1)?.body ?? '').sequence).toBe(held + 1)
  })

  it('changes to a new token without a gap: the old document goes when the new one is live', async () => {
    const edge = await fakeEdge(onTestFinished)
    const second = fakeToken(edge.identity.fingerprint, 'test0002')
    edge.behave((call) => {
      const isSecond = call.headers.authorization === `Bearer ${second}`
      const isOldName = call.path.endsWith('/pod-0')
      return isSecond && isOldName ? problem(403, 'document-of-another') : allLive(call)
    })
    const file = join(await temporaryFolder(onTestFinished), 'token')
    await writeFile(file, edge.token)
    const env = settings(edge, { HOMEPORT_TOKEN: '', HOMEPORT_TOKEN_FILE: file, HOMEPORT_INTERVAL: '1' })
    await startAgent(env)
    await until(() => edge.calls.length > 0)
    await writeFile(file, `${second}\n`)
    await until(() => edge.calls.some(({ method }) => method === 'DELETE'))
    const tail = edge.calls.slice(
      edge.calls.findIndex(({ headers }) => headers.authorization?.endsWith(second)),
    )
    expect(tail.slice(0, 3).map(({ method, path }) => `${method} ${path.split('/').at(-1)}`)).toEqual([
      'PUT pod-0',
      'PUT pod-0.test0002',
      'DELETE pod-0',
    ])
    expect(tail[2]?.headers.authorization).toBe(`Bearer ${edge.token}`)
  })

  it('waits for another token where its file may bring one', async () => {
    const edge = await fakeEdge(onTestFinished, { behaviour: () => problem(401, 'token-expired') })
    const file = join(await temporaryFolder(onTestFinished), 'token')
    await writeFile(file, edge.token)
    const agent = await startAgent(
      settings(edge, { HOMEPORT_TOKEN: '', HOMEPORT_TOKEN_FILE: file, HOMEPORT_INTERVAL: '1' }),
    )
    await agent.printed(/token-expired/)
    edge.behave(allLive)
    await agent.printed(/live/)
  })

  it('makes the original call with the original environment', async () => {
    const edge = await fakeEdge(onTestFinished, {
      scheme: 'http',
      behaviour: () => ({ status: 200, body: 'ok' }),
    })
    const agent = await startAgent({
      WEBHOOK: `${edge.url}/hooks/update-haproxy`,
      WEBHOOK_TOKEN: 'shared-word',
      FRONTEND_PORT: '8443',
      BACKEND_PORT: '30843',
      NAME: 'mqtts',
      REPEAT_INTERVAL: '20',
    })
    await agent.printed(/live/)
    agent.kill('SIGTERM')
    await agent.exited
    const claim = {
      name: 'mqtts',
      'frontend-port': '8443',
      'backend-port': '30843',
      'dst-ip': '',
      'send-proxy': '',
    }
    expect(edge.calls.map(({ method, path, body }) => [method, path, JSON.parse(body)])).toEqual([
      ['POST', '/hooks/update-haproxy', { ...claim, action: 'add' }],
      ['POST', '/hooks/update-haproxy', { ...claim, action: 'delete' }],
    ])
    expect(edge.calls[0]?.headers['x-funkypenguin-token']).toBe('shared-word')
  })

  it.each<[string, Behaviour, number]>([
    ['live', allLive, 0],
    ['refused for good', () => problem(403, 'outside-scope'), 3],
    ['refused for now', () => problem(503, 'edge-full', 'd', false), 4],
  ])('with once, %s', async (_, behaviour, code) => {
    const edge = await fakeEdge(onTestFinished, { behaviour })
    const agent = await startAgent(settings(edge, { REPEAT_INTERVAL: 'once' }))
    expect((await agent.exited).code).toBe(code)
    expect(edge.calls.some(({ method }) => method === 'DELETE')).toBe(false)
  })
})
