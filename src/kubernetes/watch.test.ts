import { describe, expect, it, onTestFinished } from 'vitest'
import { type Script, scriptedApi, sendJson } from '../testing/kubernetes/scripted-api.ts'
import { until } from '../testing/until.ts'
import { ApiServer } from './api-server.ts'
import { type WatchEvent, type WatchOptions, watch } from './watch.ts'

const event = (type: string, name: string, version = '1') =>
  `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: version } } })}\n`

/** Watches what a server answers by the script. */
async function watched(script: Script, options: Partial<WatchOptions> = {}) {
  const server = await scriptedApi(onTestFinished, script)
  const api = new ApiServer({ access: server.access, userAgent: 'test/1' })
  onTestFinished(() => api.close())
  const stop = new AbortController()
  const heard: WatchEvent[] = []
  const ended = watch(
    api,
    { path: '/api/v1/services', resourceVersion: '7', signal: stop.signal, random: 0.5, ...options },
    (one) => heard.push(one),
  )
  return { server, heard, stop, ended }
}

describe('watch', () => {
  it('asks for bookmarks, from where it was, for some minutes; and ends well when the API server ends it', async () => {
    const { server, heard, ended } = await watched(
      (_, answer) => void answer.end(event('ADDED', 'a') + event('BOOKMARK', '')),
      { query: { labelSelector: 'x=y' } },
    )
    await ended
    expect(heard.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(server.asked[0]?.path).toBe(
      '/api/v1/services?labelSelector=x%3Dy&watch=true&allowWatchBookmarks=true&resourceVersion=7&timeoutSeconds=450',
    )
  })

  it('puts lines together wherever they were cut', async () => {
    const bytes = Buffer.from(event('ADDED', 'größe') + event('DELETED', 'b'))
    const script: Script = async (_, answer) => {
      for (const byte of bytes) {
        await new Promise((resolve) => answer.write(Buffer.from([byte]), resolve))
      }
      answer.end()
    }
    const { heard, ended } = await watched(script)
    await ended
    expect(heard).toMatchObject([
      { type: 'ADDED', object: { metadata: { name: 'größe' } } },
      { type: 'DELETED', object: { metadata: { name: 'b' } } },
    ])
  })

  it.each([
    ['410 as an event', 410, (answer) => answer.end(expired())],
    ['410 as its answer', 410, (answer) => sendJson(answer, 410, status(410))],
    ['another error as an event', 500, (answer) => answer.end(errorEvent(500))],
  ] satisfies [string, number, (answer: Parameters<Script>[1]) => unknown][])(
    'ends with %s',
    async (_, code, send) => {
      const { ended } = await watched((_asked, answer) => void send(answer), {})
      await expect(ended).rejects.toMatchObject({ status: code })
    },
  )

  it('ends when it is cut, in the middle of a line or not', async () => {
    for (const text of [event('ADDED', 'a'), event('ADDED', 'a').slice(0, 20)]) {
      const { ended } = await watched((_, answer) => {
        answer.write(text, () => answer.socket?.destroy())
      })
      await expect(ended).rejects.toMatchObject({ reason: 'Unreachable' })
    }
  })

  it('ends when it falls silent after a bookmark', async () => {
    const { ended } = await watched((_, answer) => void answer.write(event('BOOKMARK', '')), { silence: 30 })
    await expect(ended).rejects.toThrow('the watch was silent')
  })

  it('hears no more when it is stopped', async () => {
    const { stop, ended, heard } = await watched((_, answer) => {
      answer.write(event('ADDED', 'a'))
    })
    const stopped = expect(ended).rejects.toMatchObject({ reason: 'Stopped' })
    await until(() => heard.length > 0)
    stop.abort()
    await stopped
  })

  it('reads no line without end, nor what is no JSON, nor an event of an unknown type', async () => {
    const endless = await watched((_, answer) => {
      const chunk = Buffer.alloc(1 << 20, 'x')
      const more = () => void (answer.destroyed || answer.write(chunk, more))
      more()
    })
    await expect(endless.ended).rejects.toMatchObject({ reason: 'TooLong' })
    for (const line of ['{"type":\n', 'null\n', '{"type":"HELLO"}\n']) {
      const { ended } = await watched((_, answer) => void answer.write(line))
      await expect(ended).rejects.toMatchObject({ reason: 'Unreadable' })
    }
  })

  it('gives the caller its own error when it cannot take an event', async () => {
    const server = await scriptedApi(onTestFinished, (_, answer) => void answer.write(event('ADDED', 'a')))
    const api = new ApiServer({ access: server.access, userAgent: 'test/1' })
    onTestFinished(() => api.close())
    const signal = new AbortController().signal
    const ended = watch(api, { path: '/a', resourceVersion: '', signal, random: 0 }, () => {
      throw new RangeError('not this one')
    })
    await expect(ended).rejects.toThrow('not this one')
  })
})

const status = (code: number) => ({ kind: 'Status', reason: 'R', message: 'no', code })
const errorEvent = (code: number) => `${JSON.stringify({ type: 'ERROR', object: status(code) })}\n`
const expired = () => errorEvent(410)
