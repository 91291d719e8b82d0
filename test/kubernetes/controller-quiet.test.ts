import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { leads, startController } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { addNode, nodeAddress, nodePort } from '../../src/testing/kubernetes/nodes.ts'
import { conditionOf, Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

const NODE = nodeAddress()
const MANY = 100

describe.skipIf(noApiServer)(`a controller of ${MANY} Services`, () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let services: Services
  let ports: readonly number[]

  beforeAll(async () => {
    ;[api, edge] = await Promise.all([ApiServer.start(stack.defer), EdgeProcess.start(stack.defer)])
    await addNode(api, 'n1', NODE)
    services = new Services(api, await api.namespace(stack.defer))
    ports = await freePorts(MANY)
    await leads(await startController(stack.defer, { api, edge }))
    // All at once, and checked by nobody: what a node without anything at these ports does is not the matter here.
    await Promise.all(
      ports.map((port) =>
        services.create(`s${port}`, { ports: [{ port }] }, { 'homeport.dev/check': 'none' }),
      ),
    )
    for (const port of ports) await services.told(`s${port}`, 'Live')
  })
  afterAll(() => stack.release())

  const allTold = async () =>
    (await services.events()).filter(({ reason }) => reason === 'Live').length === MANY
  const callsSince = async (mark: number) =>
    (await api.audit())
      .slice(mark)
      .filter(({ userAgent = '' }) => userAgent.startsWith('homeport-controller'))
      .map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`)

  it('made all of them live with hardly more than two writes and an Event each', async () => {
    const calls = await callsSince(0)
    const count = (call: string) => calls.filter((one) => one === call).length
    // The finalizers and the status.
    expect(count('patch services')).toBeLessThanOrEqual(2 * MANY + 5)
    await until(allTold, { deadline: 30_000, what: 'an Event of each' })
  })

  it('calls the API server for nothing but its Lease while nothing changes', async () => {
    await until(allTold, { deadline: 30_000, what: 'an Event of each' })
    const mark = (await api.audit()).length
    const renewals = await until(
      async () => {
        const calls = await callsSince(mark)
        return calls.filter((call) => call === 'patch leases').length >= 20 && calls
      },
      { deadline: 50_000 },
    )
    // A watch may come to its end meanwhile, and begins anew where it ended.
    expect(new Set(renewals.filter((call) => !call.startsWith('watch ')))).toEqual(new Set(['patch leases']))
  })

  it('tells nobody that HAProxy was away for a moment', async () => {
    const mark = (await api.audit()).length
    edge.signalHaproxy('SIGKILL')
    await until(async () => (await edge.status()).haproxy.state === 'unavailable', { interval: 5 })
    await until(async () => (await edge.routes()).every(({ state }) => state === 'live'), {
      deadline: 30_000,
    })
    await until(async () => (await callsSince(mark)).filter((call) => call === 'patch leases').length >= 10, {
      deadline: 30_000,
    })
    expect((await callsSince(mark)).filter((call) => /services|events/.test(call))).toEqual([])
  })

  it('tells of an edge that is away for long once, whatever the number of its Services, and of none of them', async () => {
    const mark = (await api.audit()).length
    await edge.stop()
    const calls = async () => (await callsSince(mark)).filter((call) => !/^watch |leases$/.test(call))
    const renewals = async () => (await callsSince(mark)).filter((call) => call === 'patch leases').length
    // 12 s and more, in which the edge is called again and again.
    await until(async () => (await renewals()) >= 30, { deadline: 60_000 })
    expect(await calls()).toEqual(['create events'])
    await edge.start()
    await until(async () => (await calls()).length > 1, { deadline: 60_000 })
    const more = (await renewals()) + 10
    await until(async () => (await renewals()) >= more, { deadline: 30_000 })
    expect(await calls()).toEqual(['create events', 'create events'])
  })

  it('says why no backend of a port answers, once, and that one does', async () => {
    const [port, node] = [await freePort(), nodePort()]
    await services.create('web', { ports: [{ port, nodePort: node }] })
    const down = await services.told('web', 'BackendsDown')
    expect(conditionOf(down)).toMatchObject({
      status: 'True',
      message: expect.stringMatching(new RegExp(`${NODE}:${node} \\(.*refused.*firewall`)),
    })
    expect(down.status.loadBalancer.ingress).toHaveLength(1)
    await services.event('web', 'BackendsDown')
    await echoServer(onTestFinished, { host: NODE, port: node, name: 'web' })
    await services.told('web', 'Live')
    expect(await connectAndRead({ port })).toMatch(/^web/)
    const reasons = (await services.events('web')).map(({ reason }) => reason)
    expect(reasons.filter((reason) => reason === 'BackendsDown')).toHaveLength(1)
  })
})
