import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { type ControllerOptions, leads, startController } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { freeze } from '../../src/testing/freeze.ts'
import { keepCalling } from '../../src/testing/keep-calling.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { FaultyWay } from '../../src/testing/kubernetes/faulty-way.ts'
import { addNode, nodeAddress, nodePort } from '../../src/testing/kubernetes/nodes.ts'
import { Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { Phone } from '../../src/testing/phone.ts'
import { openSession } from '../../src/testing/session.ts'
import { shiftedClock } from '../../src/testing/shifted-clock.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import { parseBearer } from '../../src/wire/bearer.ts'

const NODE = nodeAddress()

interface Lease {
  readonly metadata: { readonly annotations: Readonly<Record<string, string>> }
  readonly spec: { readonly holderIdentity: string }
}

describe.skipIf(noApiServer)('two replicas', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let services: Services
  let lease: string
  let count = 0

  beforeAll(async () => {
    ;[api, edge] = await Promise.all([ApiServer.start(stack.defer), EdgeProcess.start(stack.defer)])
    await addNode(api, 'n1', NODE)
  })
  afterAll(() => stack.release())
  beforeEach(async () => {
    services = new Services(api, await api.namespace(onTestFinished))
    lease = `election-${++count}`
  })

  const replica = (token: string, more: Partial<ControllerOptions> = {}) =>
    startController(onTestFinished, {
      ...{ api, edge, token, ...more },
      settings: { ELECTION_NAME: lease, ...more.settings },
    })

  /** One that leads and one that would; `first` is what the leader has that the other has not. */
  async function pair(token: string, first: Partial<ControllerOptions> = {}) {
    const leader = await replica(token, first)
    const fence = await leads(leader)
    const other = await replica(token)
    await other.printed(/the controller starts/, 30_000)
    return { leader, other, fence }
  }

  /** A Service that is served, at the port that is given. */
  async function served(name: string): Promise<number> {
    const [port, node] = [await freePort(), nodePort()]
    await echoServer(onTestFinished, { host: NODE, port: node, name })
    await services.create(name, { ports: [{ port, nodePort: node }] })
    await services.told(name, 'Live')
    return port
  }

  const leaseNow = () =>
    api.client.get<Lease>(`/apis/coordination.k8s.io/v1/namespaces/default/leases/${lease}`)
  const identityOf = ({ stdout }: StartedProcess) => /"identity":"([^"]+)"/.exec(stdout)?.[1]
  const routesNow = async () =>
    (await edge.routes()).map(({ port, owner, state, backends }) => [port, owner, state, backends.length])
  const writesTo = async (resource: string) =>
    (await api.audit()).filter(
      ({ verb, objectRef }) => objectRef?.resource === resource && /patch|update|create|delete/.test(verb),
    ).length

  it('lead one after the other when the leader is killed, whatever its clock says, and nothing moves at the edge', async () => {
    const ahead = await shiftedClock(onTestFinished)
    ahead.set(3_600_000)
    const { leader, other, fence } = await pair(await edge.token(), { env: ahead.env })
    const port = await served('web')
    await served('mail')
    const session = await openSession(onTestFinished, { port })
    expect(await session.line()).toMatch(/^web/)
    const stop = keepCalling(onTestFinished, port)
    const [reloads, routes, writes] = [
      (await edge.status()).haproxy.reloads,
      await routesNow(),
      await writesTo('services'),
    ]
    leader.kill('SIGKILL')
    expect(await leads(other)).toBeGreaterThan(fence)
    await other.printed(/the edge answers/)
    expect((await edge.status()).haproxy.reloads).toBe(reloads)
    expect(await routesNow()).toEqual(routes)
    expect(await writesTo('services')).toBe(writes)
    expect(await session.ask('still there?')).toBe('still there?')
    expect(await stop()).toMatchObject({ failed: 0 })
    await served('other')
  })

  it('hand over at once when the leader is told to stop', async () => {
    const { leader, other } = await pair(await edge.token())
    const port = await served('web')
    leader.kill('SIGTERM')
    expect(await leader.exited).toMatchObject({ code: 0 })
    expect((await leaseNow()).spec.holderIdentity).not.toBe(identityOf(leader))
    await leads(other)
    expect(await connectAndRead({ port })).toMatch(/^web/)
    await served('other')
  })

  it('do each other no harm when the leader was stopped and goes on', async () => {
    const token = await edge.token()
    const { leader, other, fence } = await pair(token)
    const before = await served('web')
    await freeze(leader.pid)
    onTestFinished(() => leader.kill('SIGCONT'))
    await leads(other)
    const after = await freePort()
    const { spec } = await services.get('web')
    await services.patch('web', { spec: { ports: [{ ...spec.ports[0], port: after }] } })
    await until(() => connectAndRead({ port: after }))
    leader.kill('SIGCONT')
    await leader.printed(/leads no longer/)
    // What it would have called meanwhile.
    const name = `controller.${parseBearer(token)?.id}.default.${lease}`
    const late = new Phone({ apiPort: edge.apiPort, name, token })
    expect(await late.put({ fence, sequence: 1_000, claims: [] })).toMatchObject({ code: 'fence-stale' })
    expect(await connectAndRead({ port: after })).toMatch(/^web/)
    await expect(connectAndRead({ port: before })).rejects.toThrow('ECONNREFUSED')
    expect((await leaseNow()).spec.holderIdentity).toBe(identityOf(other))
  })

  it.each(['TERM', 'KILL'] as const)(
    'catch up when the API server comes back from a SIG%s',
    async (signal) => {
      await pair(await edge.token())
      const port = await served('web')
      const stop = keepCalling(onTestFinished, port)
      const gone = await served('gone')
      await services.delete('gone')
      await api.stop(signal)
      await api.start()
      await served('new')
      await services.gone('gone')
      await expect(connectAndRead({ port: gone })).rejects.toThrow('ECONNREFUSED')
      expect(await stop()).toMatchObject({ failed: 0 })
    },
  )

  it('wait as long as the API server asks them to', async () => {
    const way = await FaultyWay.to(onTestFinished, api)
    const settings = { KUBERNETES_CONFIG: await way.kubeconfig(onTestFinished), ELECTION_DURATION: '15s' }
    await leads(await replica(await edge.token(), { settings }))
    for (let refused = 0; refused < 5; refused++) {
      way.faults.push((_, answer) => answer.writeHead(429, { 'retry-after': '1' }).end('{}'))
    }
    await served('web')
    expect(way.faults).toEqual([])
    // Within seconds each of them is tried again, and not more often than that.
    expect(way.asked.length).toBeLessThan(100)
  })
})
