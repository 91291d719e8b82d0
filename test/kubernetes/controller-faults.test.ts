import { readFile, rm, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { EDGE_ADDRESS, leads, startController, tokenFileFor } from '../../src/testing/controller-process.ts'
import { echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort, freePorts } from '../../src/testing/free-port.ts'
import { keepCalling } from '../../src/testing/keep-calling.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { addNode, nodeAddress, nodePort } from '../../src/testing/kubernetes/nodes.ts'
import { conditionOf, eventsIn, Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { Phone } from '../../src/testing/phone.ts'
import { endProcessesOf } from '../../src/testing/processes-of.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'
import { parseBearer } from '../../src/wire/bearer.ts'
import type { TokenCreated } from '../../src/wire/token.ts'

const NODE = nodeAddress()

describe.skipIf(noApiServer)('a controller on which things go wrong', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let tokenFile: string
  let controller: StartedProcess
  let services: Services

  const start = async () => {
    controller = await startController(stack.defer, { api, edge, tokenFile })
  }

  beforeAll(async () => {
    ;[api, edge] = await Promise.all([ApiServer.start(stack.defer), EdgeProcess.start(stack.defer)])
    await addNode(api, 'n1', NODE)
    tokenFile = await tokenFileFor(stack.defer, await edge.token())
    await start()
  })
  afterAll(() => stack.release())
  beforeEach(async () => {
    services = new Services(api, await api.namespace(onTestFinished))
  })

  async function served(name: string): Promise<number> {
    const [port, node] = [await freePort(), nodePort()]
    await echoServer(onTestFinished, { host: NODE, port: node, name })
    await services.create(name, { ports: [{ port, nodePort: node }] })
    await services.told(name, 'Live')
    return port
  }

  const leaseEvents = async (reason: string, namespace = 'default') =>
    (await eventsIn(api, namespace)).filter((event) => event.reason === reason).map(({ note }) => note)
  const statusPatches = async () =>
    (await api.audit()).filter(
      ({ verb, objectRef }) =>
        verb === 'patch' && objectRef?.resource === 'services' && objectRef.subresource === 'status',
    )
  const statusWrites = async () => (await statusPatches()).length
  const writesOf = async (name: string) =>
    (await statusPatches()).filter(
      ({ objectRef }) => objectRef?.namespace === services.namespace && objectRef.name === name,
    )
  /** How many documents the leader has made so far: the edge says so to who comes with an older one. */
  const documents = async () => {
    const token = await readFile(tokenFile, 'utf8')
    const name = `controller.${parseBearer(token)?.id}.default.homeport-controller`
    const late = new Phone({ apiPort: edge.apiPort, name, token })
    const refused = await late.put({ fence: await leads(controller), sequence: 0, claims: [] })
    const [, count] = /^sequence 0 is below (\d+)$/.exec(refused.detail ?? '') ?? []
    return Number(count)
  }
  const phonesOf = async () => new Set((await edge.claims()).map(({ phone }) => phone))

  it('keeps what a Service had when its annotation cannot be read, also when it starts anew', async () => {
    const port = await served('web')
    await services.annotate('web', { 'homeport.dev/check': 'htp:/x' })
    const message = expect.stringMatching(/homeport\.dev\/check is "htp:\/x".*http:\//)
    expect(conditionOf(await services.told('web', 'AnnotationInvalid'))).toMatchObject({ message })
    expect(await services.event('web', 'AnnotationInvalid')).toMatchObject({ type: 'Warning', note: message })
    const stop = keepCalling(onTestFinished, port)
    controller.kill('SIGKILL')
    await controller.exited
    await start()
    // The new leader has said something: from then on what it left out would be closed.
    await served('other')
    expect(await connectAndRead({ port })).toMatch(/^web/)
    expect(await stop()).toMatchObject({ failed: 0 })
    const { status } = await services.get('web')
    expect(status.loadBalancer.ingress).toHaveLength(1)
    expect(
      (await services.events('web')).filter(({ reason }) => reason === 'AnnotationInvalid'),
    ).toHaveLength(1)
  })

  it('holds out against a Service that changes ten times a second, and so do its neighbours', async () => {
    const neighbour = await served('calm')
    const stop = keepCalling(onTestFinished, neighbour)
    const [one = 0, two = 0] = await freePorts(2)
    const node = nodePort()
    await echoServer(onTestFinished, { host: NODE, port: node, name: 'wild' })
    await services.create('wild', { ports: [{ port: one, nodePort: node }] })
    // Its own reload and status are no flap's.
    await services.told('wild', 'Live')
    const [reloads, writes] = [(await edge.status()).haproxy.reloads, await statusWrites()]
    const before = await documents()
    const FLAPS = 30
    for (let flap = 0; flap < FLAPS; flap++) {
      const port = flap % 2 ? one : two
      await services.patch('wild', { spec: { ports: [{ port, nodePort: node }] } })
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    await until(() => connectAndRead({ port: one }))
    await services.told('wild', 'Live')
    // At most one of each a change, and mostly far fewer. Before a status with another port the address is guarded: two writes.
    expect(await statusWrites()).toBeLessThanOrEqual(writes + 2 * FLAPS + 2)
    expect((await edge.status()).haproxy.reloads).toBeLessThanOrEqual(reloads + FLAPS)
    expect(await documents()).toBeGreaterThan(before)
    expect(await documents()).toBeLessThanOrEqual(before + FLAPS + 2)
    await expect(connectAndRead({ port: two })).rejects.toThrow('ECONNREFUSED')
    expect(await stop()).toMatchObject({ failed: 0 })
    expect((await services.events('calm')).map(({ reason }) => reason)).toEqual(['Live'])
  })

  it('takes another token from the file, without a connection being cut, and gives up the old document', async () => {
    const port = await served('web')
    const stop = keepCalling(onTestFinished, port)
    const before = await phonesOf()
    const token = await edge.token()
    await writeFile(tokenFile, token)
    const phone = `controller.${parseBearer(token)?.id}.default.homeport-controller`
    await until(async () => {
      const phones = await phonesOf()
      return phones.has(phone) && before.isDisjointFrom(phones)
    })
    await served('other')
    expect(await stop()).toMatchObject({ failed: 0 })
  })

  it.each([
    ['token-unknown', 'revoked'],
    ['token-expired', 'out of date'],
  ])(
    'says %s once while the token is %s, leaves every status as it is, and goes on with a good one',
    async (code) => {
      const port = await served('web')
      const made = await edge.admin('POST', '/v1/tokens', {
        ...{ name: 'short', scope: { role: 'phone' } },
        ...(code === 'token-expired' && { expires: new Date(Date.now() + 1_000).toISOString() }),
      })
      const { id, token }: TokenCreated = JSON.parse(made.text)
      if (code === 'token-unknown') await edge.admin('DELETE', `/v1/tokens/${id}`)
      await writeFile(tokenFile, token)
      // The first where the token before keeps what it has put; not where this one took over before it expired.
      const notes = async () => [
        ...(await leaseEvents('DocumentRefused')),
        ...(await leaseEvents('EdgeUnavailable')),
      ]
      const said = async () => (await notes()).filter((note) => note.includes(code))
      await until(async () => (await said()).length > 0)
      const writes = await statusWrites()
      const fresh = await freePort()
      await services.create('fresh', { ports: [{ port: fresh, nodePort: nodePort() }] })
      await services.told('fresh', 'EdgeUnreachable')
      expect(await statusWrites()).toBe(writes + 1)
      expect(await connectAndRead({ port })).toMatch(/^web/)
      expect(conditionOf(await services.get('web'))?.reason).toBe('Live')
      expect(await said()).toHaveLength(1)
      await writeFile(tokenFile, await edge.token())
      await services.served('fresh')
    },
  )

  it('takes no port from another cluster of its own name, whose backends stay its own', async () => {
    const port = await served('web')
    const elsewhere = await api.namespace(onTestFinished)
    const token = await edge.token()
    const twin = await startController(onTestFinished, {
      ...{ api, edge, token },
      settings: { KUBERNETES_NAMESPACE: elsewhere },
    })
    await leads(twin)
    const refused = await until(async () =>
      (await edge.claims()).find(({ code }) => code === 'cluster-taken'),
    )
    expect(refused).toMatchObject({ port, state: 'refused', owner: expect.stringContaining('/web') })
    expect(await connectAndRead({ port })).toMatch(/^web/)

    // The twin says so on the Service, once, and its status stays what the first one writes there.
    expect(await services.event('web', 'StatusHeld')).toMatchObject({
      type: 'Warning',
      note: expect.stringContaining('homeport-controller/default.homeport-controller'),
    })
    const patches = async () => (await writesOf('web')).length
    const before = await patches()
    // Each looks at it again with each of these, and has nothing to write.
    for (let turn = 0; turn < 5; turn++) {
      await services.annotate('web', { 'homeport.dev/check': turn % 2 ? null : 'tcp' })
      await services.served('web')
    }
    await until(async () => (await edge.claims()).filter(({ code }) => code === 'cluster-taken').length === 1)
    expect((await patches()) - before).toBeLessThanOrEqual(5 * 4)
    const { status } = await services.get('web')
    expect(status.loadBalancer.ingress).toHaveLength(1)
    const told = (await services.events('web')).filter(({ reason }) => reason === 'StatusHeld')
    expect(told).toHaveLength(1)
  })

  it("fights nobody for a Service's status, and takes what is there already but once", async () => {
    const port = await served('web')
    const status = `${services.path}/web/status`
    const take = () =>
      api.client.patch(status, { status: { loadBalancer: { ingress: [{ ip: '192.0.2.7' }] } } })
    const address = async () => (await services.get('web')).status.loadBalancer.ingress?.[0]?.ip
    await take()
    await until(async () => (await address()) === EDGE_ADDRESS)
    await take()
    await services.event('web', 'StatusHeld')
    const before = (await writesOf('web')).length
    await services.annotate('web', { 'homeport.dev/check': 'none' })
    await until(async () => (await writesOf('web')).length > before)
    expect(await address()).toBe('192.0.2.7')
    expect(await connectAndRead({ port })).toMatch(/^web/)
  })

  it('has an edge that lost everything serve all again, and bothers nobody while it is away', async () => {
    const ports = await Promise.all(Array.from({ length: 20 }, (_, at) => served(`web-${at}`)))
    await edge.stop()
    const before = (await leaseEvents('EdgeUnavailable')).length
    const writes = await statusWrites()
    await until(async () => (await leaseEvents('EdgeUnavailable')).length > before)
    await endProcessesOf(edge.folder)
    await rm(edge.stateDir, { recursive: true })
    await edge.start()
    await writeFile(tokenFile, await edge.token())
    for (const port of ports) await until(() => connectAndRead({ port }))
    // One Event for each reason of its silence (away, then with another key), however many Services there are.
    expect((await leaseEvents('EdgeUnavailable')).length).toBeLessThanOrEqual(before + 2)
    expect(await statusWrites()).toBe(writes)
    expect((await services.events()).map(({ reason }) => reason)).toEqual(ports.map(() => 'Live'))
  })
})
