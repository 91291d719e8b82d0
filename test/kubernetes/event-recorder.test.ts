import { describe, expect, it, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { EventRecorder } from '../../src/kubernetes/event-recorder.ts'
import type { Regarding } from '../../src/kubernetes/event-series.ts'
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig.ts'
import type { KubernetesList } from '../../src/testing/kubernetes/client.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

describe.skipIf(noApiServer)('an event recorder', () => {
  it('makes Events as the API server takes them, and counts on', async () => {
    const { server, recorder, dropped } = await recording()
    const namespace = await server.namespace(onTestFinished)
    const regarding: Regarding = { apiVersion: 'v1', kind: 'Service', namespace, name: 'web', uid: 'u-1' }
    const record = () =>
      recorder.record({ regarding, type: 'Warning', reason: 'PortTaken', message: 'ö'.repeat(2_000) })
    const path = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`
    const events = async () => (await server.client.get<KubernetesList>(path)).items
    record()
    const [first] = await until(async () => ((await events()).length > 0 ? await events() : undefined))
    expect(first).toMatchObject({ reason: 'PortTaken', type: 'Warning', regarding: { name: 'web' } })
    record()
    const untilCount = (count: number) =>
      until(async () => {
        expect(await events()).toMatchObject([{ series: { count } }])
        return true
      })
    await untilCount(2)
    await server.client.delete(`${path}/${first?.metadata.name}`)
    record()
    await untilCount(3)
    expect(dropped).toEqual([])
  })

  it('puts those about what lies in no namespace into default', async () => {
    const { server, recorder, dropped } = await recording()
    const uid = `u-${process.pid}-${performance.now()}`
    recorder.record({
      regarding: { apiVersion: 'v1', kind: 'Node', name: 'n', uid },
      type: 'Normal',
      reason: 'Seen',
      message: 'seen',
    })
    const path = `/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=reason=Seen`
    const mine = await until(async () => {
      const { items } = await server.client.get<KubernetesList>(path)
      return items.find((event) => JSON.stringify(event).includes(uid))
    })
    await server.client.delete(`/apis/events.k8s.io/v1/namespaces/default/events/${mine.metadata.name}`)
    expect(dropped).toEqual([])
  })

  it('drops what goes into a namespace that is not there', async () => {
    const { recorder, dropped } = await recording()
    recorder.record({
      regarding: { apiVersion: 'v1', kind: 'Service', namespace: 'nowhere', name: 'a', uid: 'u' },
      type: 'Normal',
      reason: 'Seen',
      message: 'seen',
    })
    await until(() => dropped.length > 0)
    expect(dropped).toEqual(['NotFound'])
  })
})

async function recording() {
  const server = await sharedApiServer()
  const access = kubeconfigAccess({ kubeconfig: server.kubeconfig })
  const api = new ApiServer({ access, userAgent: 'event-test' })
  const dropped: string[] = []
  const recorder = new EventRecorder({
    api,
    reporter: { controller: 'homeport.dev/controller', instance: 'pod-1' },
    onDropped: (_, why) => dropped.push(typeof why === 'string' ? why : why.reason),
  })
  const stop = new AbortController()
  const ended = recorder.run(stop.signal)
  onTestFinished(async () => {
    stop.abort()
    await ended
    api.close()
  })
  return { server, recorder, dropped }
}
