import type { ServerResponse } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { scriptedApi, sendJson } from '../testing/kubernetes/scripted-api.ts'
import { until } from '../testing/until.ts'
import { ApiServer } from './api-server.ts'
import { Informer } from './informer.ts'

const MAPS = '/api/v1/namespaces/a/configmaps'

/** An API server with these maps, which tells nothing on a watch: as one does that is asked from a version that is to come. */
async function informed({ lasts }: { lasts?: number } = {}) {
  const state = { version: 1000, maps: ['one', 'two'] }
  const asked: string[] = []
  const watches = new Set<ServerResponse>()
  const { access } = await scriptedApi(onTestFinished, ({ path }, response) => {
    const { searchParams } = new URL(path, 'http://x')
    const isWatch = searchParams.has('watch')
    const limit = Number(searchParams.get('limit'))
    asked.push(isWatch ? `watch ${searchParams.get('resourceVersion')}` : limit === 1 ? 'look' : 'list')
    if (isWatch) {
      watches.add(response.writeHead(200))
      return response.flushHeaders()
    }
    const metadata = { resourceVersion: String(state.version) }
    const items = state.maps.slice(0, limit).map((name) => ({ metadata: { namespace: 'a', name } }))
    sendJson(response, 200, { metadata, items })
  })
  const api = new ApiServer({ access, userAgent: 'x' })
  const informer = new Informer(api, {
    ...{ path: MAPS, read: () => ({}), random: () => 0 },
    ...(lasts !== undefined && { lasts }),
  })
  const stop = new AbortController()
  const run = informer.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    api.close()
    await run
  })
  await until(() => watches.size === 1)
  const known = () => [...informer.store.entries()].map(([key]) => key)
  /** Every watch ends: cut, or as an API server ends them that stops in good order. */
  const end = (how: 'cut' | 'in good order') => {
    for (const watch of watches) how === 'cut' ? watch.destroy() : watch.end()
    watches.clear()
  }
  return { state, asked, known, end }
}

it.each(['cut', 'in good order'] as const)(
  'lists anew where its watch was ended before its time (%s) by an API server that is back in the past',
  async (how) => {
    const { state, asked, known, end } = await informed()
    expect(known()).toEqual(['a/one', 'a/two'])
    Object.assign(state, { version: 500, maps: ['two', 'three'] })
    end(how)
    await until(() => asked.at(-1) === 'watch 500')
    expect(asked).toEqual(['list', 'watch 1000', 'look', 'list', 'watch 500'])
    expect(known()).toEqual(['a/two', 'a/three'])
  },
)

it('goes on where it was when its watch was cut and nothing is back', async () => {
  const { state, asked, end } = await informed()
  state.version = 1001
  end('cut')
  await until(() => asked.length === 4)
  expect(asked).toEqual(['list', 'watch 1000', 'look', 'watch 1000'])
})

it('looks after nothing when its watch has ended in time', async () => {
  const { asked, end } = await informed({ lasts: 0 })
  end('in good order')
  await until(() => asked.length === 3)
  expect(asked).toEqual(['list', 'watch 1000', 'watch 1000'])
})
