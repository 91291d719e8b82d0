import { describe, expect, it, onTestFinished } from 'vitest'
import { type Script, scriptedApi, sendJson } from '../testing/kubernetes/scripted-api.ts'
import { until } from '../testing/until.ts'
import { ApiServer } from './api-server.ts'

const GET = { method: 'GET', path: '/api/v1/namespaces' } as const
const POST = { method: 'POST', path: '/api/v1/namespaces', body: { metadata: { name: 'a' } } } as const

/** The way to a server that answers by the script; `pauses` are those it made, without waiting for them. */
async function connected(script: Script) {
  const server = await scriptedApi(onTestFinished, script)
  const pauses: number[] = []
  const clock = { now: () => 0, sleep: async (ms: number) => void pauses.push(ms) }
  const api = new ApiServer({ access: server.access, userAgent: 'test/1', clock, random: () => 1 })
  onTestFinished(() => api.close())
  return { api, server, pauses }
}

/** Answers by these, one after the other, and then with success. */
function inTurn(...scripts: Script[]): Script {
  return (asked, answer, request) => {
    const script = scripts.shift()
    if (script) script(asked, answer, request)
    else sendJson(answer, 200, { kind: 'NamespaceList' })
  }
}

const refuse =
  (status: number, headers: object = {}): Script =>
  (_, answer) =>
    sendJson(answer, status, { kind: 'Status', reason: `R${status}`, message: 'no', code: status }, headers)

const cut: Script = (_asked, answer) => void answer.socket?.destroy()

describe('ApiServer', () => {
  it('asks as it is told, and gives the JSON', async () => {
    const { api, server } = await connected(inTurn())
    const query = { labelSelector: 'a=b,c!=d', watch: false, limit: 5, continue: undefined }
    expect(await api.request({ ...POST, query })).toEqual({ kind: 'NamespaceList' })
    expect(server.asked).toMatchObject([
      {
        method: 'POST',
        path: '/api/v1/namespaces?labelSelector=a%3Db%2Cc%21%3Dd&watch=false&limit=5',
        headers: { 'user-agent': 'test/1', authorization: 'Bearer 0', 'content-type': 'application/json' },
        body: '{"metadata":{"name":"a"}}',
      },
    ])
  })

  it('keeps its connection from call to call', async () => {
    const { api, server } = await connected(inTurn(refuse(404)))
    await expect(api.request(GET)).rejects.toThrow('no')
    for (let call = 0; call < 10; call++) await api.request(GET)
    expect(server.connections).toBe(1)
  })

  it('waits for as long as the API server asks, before it asks again for whatever was turned away', async () => {
    const { api, server, pauses } = await connected(inTurn(refuse(429, { 'retry-after': '3' }), refuse(429)))
    await api.request(POST)
    expect(server.asked).toHaveLength(3)
    expect(pauses).toEqual([3_250, 500])
  })

  it('does not wait longer than half a minute, whatever it is asked', async () => {
    const { api, pauses } = await connected(inTurn(refuse(503, { 'retry-after': '86400' })))
    await api.request(GET)
    expect(pauses).toEqual([30_250])
  })

  it.each([500, 503, 504])('tries what can be repeated five times where the answer is %i', async (status) => {
    const { api, server, pauses } = await connected(refuse(status))
    await expect(api.request(GET)).rejects.toMatchObject({ status, reason: `R${status}` })
    expect(server.asked).toHaveLength(5)
    expect(pauses).toEqual([250, 500, 1000, 2000])
    await expect(api.request(POST)).rejects.toMatchObject({ status })
    expect(server.asked).toHaveLength(6)
  })

  it('tries again where the connection was cut, except what might be done twice', async () => {
    const { api, server } = await connected(inTurn(cut, cut))
    await api.request(GET)
    expect(server.asked).toHaveLength(3)
    const other = await connected(inTurn(cut))
    await expect(other.api.request(POST)).rejects.toMatchObject({ status: 0, reason: 'Unreachable' })
    await other.api.request(POST)
    const repeatable = await connected(inTurn(cut))
    await repeatable.api.request({ ...POST, repeatable: true })
  })

  it('tries again where the answer was cut in its middle', async () => {
    const half: Script = (_, answer) => {
      answer.writeHead(200, { 'content-length': 100 })
      answer.write('{"kind":', () => answer.socket?.destroy())
    }
    const { api, server } = await connected(inTurn(half))
    expect(await api.request(GET)).toEqual({ kind: 'NamespaceList' })
    expect(server.asked).toHaveLength(2)
  })

  it.each([403, 404, 409, 422])('takes %i for an answer', async (status) => {
    const { api, server } = await connected(refuse(status))
    await expect(api.request(GET)).rejects.toMatchObject({ status, reason: `R${status}`, message: 'no' })
    expect(server.asked).toHaveLength(1)
  })

  it('reads its credentials anew when they are refused, once', async () => {
    const { api, server } = await connected(inTurn(refuse(401)))
    await api.request(POST)
    expect(server.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer 0', 'Bearer 1'])
    const stubborn = await connected(refuse(401))
    await expect(stubborn.api.request(GET)).rejects.toMatchObject({ status: 401 })
    expect(stubborn.server.renewals).toBe(1)
    expect(stubborn.server.asked).toHaveLength(2)
  })

  it('gives up an attempt that is not answered in time', async () => {
    const { api, server } = await connected(inTurn(() => {}))
    await expect(api.request({ ...GET, timeout: 20, attempts: 1 })).rejects.toThrow('no answer within 0.02 s')
    await api.request(GET)
    expect(server.asked).toHaveLength(2)
  })

  it('makes no further attempt when it is stopped', async () => {
    const stop = new AbortController()
    const { api, server } = await connected(() => stop.abort())
    await expect(api.request({ ...GET, signal: stop.signal })).rejects.toMatchObject({ reason: 'Stopped' })
    await expect(api.request({ ...GET, signal: stop.signal })).rejects.toMatchObject({ reason: 'Stopped' })
    expect(server.asked).toHaveLength(1)
  })

  it('reads no answer without end', async () => {
    const endless: Script = (_, answer) => {
      const chunk = Buffer.alloc(1 << 20, ' ')
      const more = () => void (answer.destroyed || answer.write(chunk, more))
      more()
    }
    const { api } = await connected(endless)
    await expect(api.request({ ...GET, attempts: 1 })).rejects.toMatchObject({ reason: 'TooLong' })
  })

  it('says what stands in the way in its own words', async () => {
    const gateway: Script = (_, answer) => void answer.writeHead(502).end('<h1>Bad Gateway</h1>')
    const { api } = await connected(gateway)
    await expect(api.request(GET)).rejects.toMatchObject({ status: 502, message: '<h1>Bad Gateway</h1>' })
    const page = await connected((_, answer) => void answer.end('<h1>Welcome</h1>'))
    await expect(page.api.request(GET)).rejects.toMatchObject({ reason: 'Unreadable' })
  })

  it('makes ten calls at a time, and the others after them', async () => {
    const answers: (() => void)[] = []
    const { api } = await connected((_, answer) => answers.push(() => sendJson(answer, 200, {})))
    const calls = Array.from({ length: 12 }, () => api.request(GET))
    await until(() => answers.length === 10)
    answers[0]?.()
    await until(() => answers.length === 11)
    for (const answer of answers.splice(1)) answer()
    await until(() => answers.length === 2)
    answers[1]?.()
    await Promise.all(calls)
  })
})
