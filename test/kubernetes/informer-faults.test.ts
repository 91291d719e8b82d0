import { describe, expect, it, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { fieldsOf } from '../../src/kubernetes/fields.ts'
import { Informer } from '../../src/kubernetes/informer.ts'
import { ApiServer as TestServer } from '../../src/testing/kubernetes/api-server.ts'
import { type Fault, FaultyWay } from '../../src/testing/kubernetes/faulty-way.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

const refuse =
  (status: number, headers: Record<string, string> = {}): Fault =>
  (_, answer) =>
    void answer
      .writeHead(status, headers)
      .end(JSON.stringify({ kind: 'Status', code: status, message: 'no' }))
const cut: Fault = (request) => void request.socket.destroy()

/** Not but a look at how far the API server has come. */
const isWhole = (line: string) => !/\blimit=1\b/.test(line)

describe.skipIf(noApiServer)('an informer on a way on which things go wrong', () => {
  it('lists nevertheless when it is turned away, refused and cut', async () => {
    const { start, make, changes } = await prepared()
    await make('a')
    const { informer, faults } = await start([refuse(429, { 'retry-after': '1' }), cut, refuse(403)])
    expect(await informer.synced).toBe(true)
    expect(changes).toEqual(['a +'])
    expect(faults).toEqual(['no'])
  })

  it('goes on where it was when its watch is cut', async () => {
    const { start, make, remove, changes, way } = await prepared()
    await make('a')
    await start()
    await until(() => way.openWatches === 1)
    way.faults.push(cut, refuse(503), cut)
    way.cut()
    await make('b')
    await remove('a')
    await until(() => changes.length === 3, { deadline: 30_000 })
    expect(changes).toEqual(['a +', 'b +', 'a -'])
    expect(way.lists.filter(isWhole)).toHaveLength(1)
  })

  it('lists again when what it knew is too old, and tells what was deleted meanwhile', async () => {
    const { start, make, remove, changes, way, client, maps } = await prepared()
    for (const name of ['a', 'b', 'c']) await make(name)
    await start()
    await until(() => way.openWatches === 1)
    // All three happen before it gets through again: in the midst of them, the list would tell some and the watch the others.
    way.isDown = true
    way.cut()
    await remove('a')
    await client.patch(`${maps}/b`, { data: { x: '2' } })
    await make('d')
    way.faults.push(refuse(410))
    way.isDown = false
    await until(() => changes.length === 6, { deadline: 30_000 })
    // Told once each, the deleted one at the end of the list; nothing of what stayed as it was.
    expect(changes.slice(3)).toEqual(['b *', 'd +', 'a -'])
    expect(way.lists.filter(isWhole)).toHaveLength(2)
  })

  it('finds out what happened while it was cut off from an API server that forgot it meanwhile', async () => {
    // Started anew, it knows nothing of the changes before its own start.
    const server = await TestServer.start(onTestFinished)
    const { start, make, remove, changes, way } = await prepared(server)
    await make('a')
    await make('b')
    await start()
    await until(() => way.openWatches === 1)
    way.isDown = true
    way.cut()
    await remove('a')
    await make('c')
    await server.stop()
    await server.start()
    way.isDown = false
    await until(() => changes.length === 4, { deadline: 60_000 })
    // As a list tells it or, where the store has the changes still, a watch.
    expect(changes.toSorted()).toEqual(['a +', 'a -', 'b +', 'c +'])
  })

  it('lists again at an ERROR event in the middle of a watch', async () => {
    const { start, make, changes, way } = await prepared()
    await make('a')
    await start()
    await until(() => way.openWatches === 1)
    way.inject('{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}\n')
    await until(() => way.lists.filter(isWhole).length === 2)
    await make('b')
    await until(() => changes.length === 2, { deadline: 30_000 })
    expect(changes).toEqual(['a +', 'b +'])
  })

  it('lists again where it hears of a version that is in the past', async () => {
    const { start, make, changes, way } = await prepared()
    await make('a')
    const { informer } = await start()
    await until(() => way.openWatches === 1)
    const heard = informer.lastHeard ?? Number.POSITIVE_INFINITY
    way.inject('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"1"}}}\n')
    await until(() => way.watches.length === 2)
    expect(way.lists.filter(isWhole)).toHaveLength(2)
    expect(informer.lastHeard).toBeGreaterThan(heard)
    expect(changes).toEqual(['a +'])
  })

  it('notices a watch that fell silent, and misses nothing of what it did not say', async () => {
    const { start, make, changes, way } = await prepared()
    await make('a')
    await start({ silence: 300 })
    await until(() => way.openWatches === 1)
    way.inject('{"type":"BOOKMARK","object":{"metadata":{}}}\n')
    way.silence()
    await make('b')
    await until(() => changes.length === 2, { deadline: 30_000 })
    expect(changes).toEqual(['a +', 'b +'])
    expect(way.lists.filter(isWhole)).toHaveLength(1)
  })

  it('begins a new watch where one was ended in time, from what was heard last, without a list', async () => {
    const { start, make, changes, way } = await prepared()
    await make('a')
    await start({ lasts: 1 })
    await until(() => way.watches.length >= 2, { deadline: 30_000 })
    await make('b')
    await until(() => changes.length === 2, { deadline: 30_000 })
    const { length } = way.watches
    await until(() => way.watches.length > length, { deadline: 30_000 })
    const from = way.watches.map((line) => Number(/resourceVersion=(\d+)/.exec(line)?.[1]))
    expect(from.at(-1)).toBeGreaterThan(from[0] ?? Number.POSITIVE_INFINITY)
    expect(way.lists).toHaveLength(1)
  })

  it('makes no storm of a way that is down', async () => {
    const { start, way } = await prepared()
    way.faults.push(...Array.from({ length: 1_000 }, () => refuse(403)))
    const { faults } = await start([], false)
    await until(() => faults.length === 2, { deadline: 30_000 })
    expect(way.asked.length).toBeLessThanOrEqual(3)
  })

  it('says that it was stopped before it knew anything', async () => {
    const { start, way } = await prepared()
    way.faults.push(() => {})
    const { informer, stop } = await start([], false)
    await until(() => way.asked.length === 1)
    stop.abort()
    expect(await informer.synced).toBe(false)
  })
})

/** A namespace, a faulty way to the API server, and an informer of its ConfigMaps, to be started. */
async function prepared(server?: TestServer) {
  server ??= await sharedApiServer()
  const namespace = await server.namespace(onTestFinished)
  const way = await FaultyWay.to(onTestFinished, server)
  const maps = `/api/v1/namespaces/${namespace}/configmaps`
  const api = new ApiServer({ access: way.access, userAgent: 'faults-test' })
  onTestFinished(() => api.close())
  const changes: string[] = []

  const start = async (options: { silence?: number; lasts?: number } | Fault[] = {}, wait = true) => {
    if (Array.isArray(options)) way.faults.push(...options)
    const faults: string[] = []
    const informer = new Informer(api, {
      path: maps,
      read: (raw) => ({ data: fieldsOf(raw)['data'] }),
      onFault: ({ message }) => faults.push(message),
      ...(Array.isArray(options) ? {} : options),
    })
    informer.onChange((key, before, after) => {
      const sign = before === undefined ? '+' : after === undefined ? '-' : '*'
      changes.push(`${key.slice(namespace.length + 1)} ${sign}`)
    })
    const stop = new AbortController()
    const ended = informer.run(stop.signal)
    onTestFinished(async () => {
      stop.abort()
      await ended
    })
    if (wait) await informer.synced
    return { informer, faults, stop }
  }
  return {
    way,
    maps,
    client: server.client,
    changes,
    start,
    make: (name: string) => server.client.create(maps, { metadata: { name }, data: { x: '1' } }),
    remove: (name: string) => server.client.delete(`${maps}/${name}`),
  }
}
