import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { allLive, FAKE_DIGEST, fakeEdge, fakeToken } from '../../src/testing/fake-edge.ts'
import { startProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const doc = readFileSync(new URL('../../docs/curl.md', import.meta.url), 'utf8')
const [, loop = ''] = /<!-- loop\b[^>]*-->\n\n```sh\n([\s\S]*?)```/.exec(doc) ?? []

const hasBusybox = spawnSync('busybox', ['true']).status === 0
const shells = [['sh'], ...(hasBusybox ? [['busybox', 'sh']] : [])]

function startLoop([command = 'sh', ...args]: string[], edge: string, token: string) {
  const { PATH } = process.env
  const env = { PATH, EDGE: edge, TOKEN: token, PHONE: 'pod-0', INTERVAL: '1' }
  return startProcess(onTestFinished, command, [...args, '-c', loop], { env })
}

it('the loop is under 15 lines', () => {
  const lines = loop.trimEnd().split('\n')
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.length).toBeLessThan(15)
})

it('the page gives the agent the memory that the page of the agent gives it', () => {
  const agent = readFileSync(new URL('../../docs/agent.md', import.meta.url), 'utf8')
  const [, measured] = /^## Memory\n\n(\d+ MB) are resident/m.exec(agent) ?? []
  expect(doc).toContain(`takes [${measured} of memory]`)
})

describe.each(shells)('the loop, run by %s', (...shell) => {
  it('calls again and again, and gives the port up when it is told to stop', async () => {
    const edge = await fakeEdge(onTestFinished)
    const running = await startLoop(shell, edge.url, edge.token)
    await until(() => edge.calls.length >= 2)
    expect(edge.calls[0]).toMatchObject({
      method: 'PUT',
      path: '/v1/clusters/default/phones/pod-0',
      headers: { authorization: `Bearer ${edge.token}`, 'content-type': 'application/json' },
    })
    expect(JSON.parse(edge.calls[0]?.body ?? '')).toEqual({
      ttl: 60,
      claims: [{ owner: 'mqtt/mosquitto', port: 8443, backends: [{ port: 30843 }] }],
    })
    running.kill('SIGTERM')
    expect((await running.exited).code).toBe(0)
    expect(edge.calls.at(-1)).toMatchObject({
      method: 'DELETE',
      path: '/v1/clusters/default/phones/pod-0',
      headers: { 'if-match': `"${FAKE_DIGEST}"` },
    })
    expect(running.stdout).toContain('"state":"live"')
    expect(running.stderr).toBe('')
  })

  it('gives up the document that it was last told of, whatever the edge says afterwards', async () => {
    const edge = await fakeEdge(onTestFinished)
    const running = await startLoop(shell, edge.url, edge.token)
    await running.printed(/"state":"live"/)
    edge.behave(({ method }) =>
      method === 'PUT' ? { status: 503, body: { code: 'edge-busy' } } : { status: 204 },
    )
    await running.printed(/edge-busy/)
    running.kill('SIGTERM')
    expect((await running.exited).code).toBe(0)
    expect(edge.calls.at(-1)).toMatchObject({
      method: 'DELETE',
      headers: { 'if-match': `"${FAKE_DIGEST}"` },
    })
  })

  it('gives up nothing where the edge never told it of a document', async () => {
    const edge = await fakeEdge(onTestFinished, {
      behaviour: () => ({ status: 503, body: { code: 'edge-busy' } }),
    })
    const running = await startLoop(shell, edge.url, edge.token)
    await running.printed(/edge-busy/)
    running.kill('SIGTERM')
    expect((await running.exited).code).toBe(0)
    expect(new Set(edge.calls.map(({ method }) => method))).toEqual(new Set(['PUT']))
  })

  it('sends nothing to an edge with another key', async () => {
    const edge = await fakeEdge(onTestFinished)
    const running = await startLoop(shell, edge.url, fakeToken('A'.repeat(43)))
    await running.printed(/public key does not match/)
    expect(edge.calls).toEqual([])
  })

  it('prints why it is refused, and goes on', async () => {
    const edge = await fakeEdge(onTestFinished, {
      behaviour: () => ({ status: 409, body: { code: 'port-taken' } }),
    })
    const running = await startLoop(shell, edge.url, edge.token)
    await running.printed(/port-taken/)
    edge.behave(allLive)
    await running.printed(/"state":"live"/)
  })
})
