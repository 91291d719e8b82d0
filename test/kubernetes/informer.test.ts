import { describe, expect, it, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { fieldsOf } from '../../src/kubernetes/fields.ts'
import { Informer, type InformerOptions } from '../../src/kubernetes/informer.ts'
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig.ts'
import type { Defer } from '../../src/testing/cleanup.ts'
import { ApiServer as TestServer } from '../../src/testing/kubernetes/api-server.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

/** What is kept of a ConfigMap: its data. */
interface Slim {
  readonly data: unknown
}
const read = (raw: unknown): Slim => ({ data: fieldsOf(raw)['data'] })

describe.skipIf(noApiServer)('an informer', () => {
  it('lists page by page, and hears what is made, changed and deleted', async () => {
    const server = await sharedApiServer()
    const { maps, namespace } = await mapsOf(server)
    for (const name of ['a', 'b', 'c', 'd', 'e']) await server.client.create(maps, { metadata: { name } })
    const { informer, changes } = await informed(onTestFinished, server, { path: maps, limit: 2 })
    expect(changes).toEqual(['a +', 'b +', 'c +', 'd +', 'e +'].map((text) => `${namespace}/${text}`))

    await server.client.create(maps, { metadata: { name: 'f' }, data: { x: '1' } })
    await server.client.patch(`${maps}/f`, { data: { x: '2' } })
    await server.client.delete(`${maps}/a`)
    await until(() => informer.store.get(`${namespace}/a`) === undefined)
    expect(changes.slice(5)).toEqual([`${namespace}/f +`, `${namespace}/f *`, `${namespace}/a -`])
    expect(informer.store.get(`${namespace}/f`)).toEqual({ data: { x: '2' } })
  })

  it('tells nothing of a change in what is not kept', async () => {
    const server = await sharedApiServer()
    const { maps, namespace } = await mapsOf(server)
    await server.client.create(maps, { metadata: { name: 'a' } })
    const { changes } = await informed(onTestFinished, server, { path: maps })
    await server.client.patch(`${maps}/a`, { metadata: { labels: { x: '1' } } })
    await server.client.create(maps, { metadata: { name: 'b' } })
    await until(() => changes.includes(`${namespace}/b +`))
    expect(changes).toEqual([`${namespace}/a +`, `${namespace}/b +`])
  })

  it('goes by a selector', async () => {
    const server = await sharedApiServer()
    const { maps, namespace } = await mapsOf(server)
    const query = { labelSelector: 'mine=yes' }
    const { changes } = await informed(onTestFinished, server, { path: '/api/v1/configmaps', query })
    await server.client.create(maps, { metadata: { name: 'a' } })
    await server.client.create(maps, { metadata: { name: 'b', labels: { mine: 'yes' } } })
    await server.client.patch(`${maps}/b`, { metadata: { labels: { mine: null } } })
    await until(() => changes.includes(`${namespace}/b -`))
    expect(changes).toEqual([`${namespace}/b +`, `${namespace}/b -`])
  })

  it('asks for nothing but its list and its watch while all is quiet', async () => {
    const server = await sharedApiServer()
    const { maps, namespace } = await mapsOf(server)
    const { changes } = await informed(onTestFinished, server, { path: maps })
    for (const name of ['a', 'b', 'c']) await server.client.create(maps, { metadata: { name } })
    await until(() => changes.length === 3)
    const audit = (await server.audit()).filter(({ objectRef }) => objectRef?.namespace === namespace)
    expect(audit.filter(({ userAgent }) => userAgent === 'informer-test').map(({ verb }) => verb)).toEqual([
      'list',
      'watch',
    ])
  })

  it.each(['TERM', 'KILL'] as const)(
    'outlives a SIG%s of the API server, and misses nothing',
    async (signal) => {
      const server = await TestServer.start(onTestFinished)
      const { maps, namespace } = await mapsOf(server)
      await server.client.create(maps, { metadata: { name: 'a' } })
      const { informer, changes } = await informed(onTestFinished, server, { path: maps })
      await server.stop(signal)
      await server.start()
      await server.client.create(maps, { metadata: { name: 'b' } })
      await server.client.delete(`${maps}/a`)
      await until(() => informer.store.size === 1 && changes.length === 3, { deadline: 30_000 })
      expect(changes).toEqual([`${namespace}/a +`, `${namespace}/b +`, `${namespace}/a -`])
    },
  )
})

async function mapsOf(server: TestServer): Promise<{ maps: string; namespace: string }> {
  const namespace = await server.namespace(onTestFinished)
  return { namespace, maps: `/api/v1/namespaces/${namespace}/configmaps` }
}

/** An informer that has listed everything, and what it told so far. */
async function informed(
  defer: Defer,
  server: TestServer,
  options: Omit<InformerOptions<Slim>, 'read'>,
): Promise<{ informer: Informer<Slim>; changes: string[] }> {
  const access = kubeconfigAccess({ kubeconfig: server.kubeconfig })
  const api = new ApiServer({ access, userAgent: 'informer-test' })
  const informer = new Informer(api, { ...options, read })
  const changes: string[] = []
  informer.onChange((key, before, after) => {
    changes.push(`${key} ${before === undefined ? '+' : after === undefined ? '-' : '*'}`)
  })
  const stop = new AbortController()
  const ended = informer.run(stop.signal)
  defer(async () => {
    stop.abort()
    await ended
    api.close()
  })
  expect(await informer.synced).toBe(true)
  return { informer, changes }
}
