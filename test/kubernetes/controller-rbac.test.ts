import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { CleanupStack, type Defer } from '../../src/testing/cleanup.ts'
import { connectAndRead } from '../../src/testing/connect-and-read.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { type EchoServer, echoServer } from '../../src/testing/echo-server.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { kubeProxyOf } from '../../src/testing/kubernetes/kube-proxy.ts'
import { addNode } from '../../src/testing/kubernetes/nodes.ts'
import {
  isAllowed,
  isUse,
  type Right,
  rightsIn,
  titleOf,
  withdraw,
} from '../../src/testing/kubernetes/rights.ts'
import { kubeconfigOf, userOf } from '../../src/testing/kubernetes/service-account.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

interface Service {
  readonly status: { readonly conditions?: readonly { readonly status: string; readonly reason: string }[] }
}

const ACCOUNT = { namespace: 'homeport', name: 'homeport-controller' }
const USER = userOf(ACCOUNT)
const SERVICES = '/api/v1/namespaces/mqtt/services'

/** Milliseconds for a controller and an edge to start, on a machine that has other things to do. */
const PATIENCE = 30_000

const read = (name: string) => readFileSync(`deploy/kubernetes/${name}`, 'utf8')
const whole = read('controller.yaml')
const namespaced = read('controller-namespaced.yaml')

/** The settings of the Deployment that say what the controller sees of the cluster. */
function settingsIn(manifest: string): Record<string, string> {
  const deployment = parseAllDocuments(manifest).find((document) => document.get('kind') === 'Deployment')
  const env: { name: string; value: string }[] = deployment?.toJS().spec.template.spec.containers[0].env ?? []
  return Object.fromEntries(
    env
      .map(({ name, value }) => [name.replace('HOMEPORT_CONTROLLER_', ''), value])
      .filter(([name]) => name === 'NAMESPACES' || name === 'CLUSTER'),
  )
}

/** What stops where a right is missing: what the log says of it, and whether the Service is served all the same. */
interface Lack {
  readonly right: string
  readonly logged: RegExp
  readonly isServed: boolean
}

const LACKS: readonly Lack[] = [
  { right: 'list services', logged: /"what":"services"/, isServed: false },
  { right: 'watch services', logged: /"what":"services"/, isServed: true },
  { right: 'patch services', logged: /a Service could not be written/, isServed: true },
  { right: 'patch services/status', logged: /a Service could not be written/, isServed: true },
  { right: 'create leases', logged: /the Lease of the election is out of reach/, isServed: false },
  { right: 'create events', logged: /an Event was dropped/, isServed: true },
  { right: 'get namespaces', logged: /the uid of the controller's namespace cannot be read/, isServed: true },
]

/** Milliseconds for a test that starts several programs, on a machine that has other things to do. */
const WHOLE_STORY = 180_000

describe.skipIf(noApiServer).each([
  { name: 'controller.yaml', manifest: whole, nodes: 'nodes' },
  { name: 'controller-namespaced.yaml', manifest: namespaced, nodes: 'pods' },
])('the rights of $name', ({ manifest, nodes }) => {
  const stack = new CleanupStack()
  const rights = rightsIn(manifest)
  let api: ApiServer
  let edge: EdgeProcess
  let node: EchoServer
  let token: string

  beforeAll(async () => {
    ;[api, edge, node] = await Promise.all([
      ApiServer.start(stack.defer),
      EdgeProcess.start(stack.defer),
      echoServer(stack.defer, {
        host: '127.0.0.2',
        port: 32_000 + Math.floor(Math.random() * 700),
        name: 'node',
      }),
    ])
    await api.client.create('/api/v1/namespaces', { metadata: { name: 'mqtt' } })
    await api.kubectl(['apply', '-f', '-'], manifest)
    await kubeProxyOf(stack.defer, api, node.host, nodes === 'nodes' ? 'homeport' : 'mqtt')
    token = await edge.token({ role: 'phone', clusters: ['home'] })
    if (nodes === 'nodes') await addNode(api, 'n1', node.host)
    else await aPod(api, node.host)
  })
  afterAll(() => stack.release())

  async function controller(defer: Defer): Promise<StartedProcess> {
    const kubeconfig = await kubeconfigOf(defer, api, ACCOUNT)
    return await startController(defer, { api: { kubeconfig }, edge, token, settings: settingsIn(manifest) })
  }

  /** A Service, which is gone afterwards. */
  async function aService(defer: Defer, name: string, finalizers: readonly string[] = []): Promise<number> {
    const port = await freePort()
    await api.client.create(SERVICES, {
      metadata: { name, finalizers },
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: 'homeport.dev/edge',
        ports: [{ name: 'mqtts', port, nodePort: node.port, protocol: 'TCP' }],
      },
    })
    const slices = '/apis/discovery.k8s.io/v1/namespaces/mqtt/endpointslices'
    // Its pod, as the controllers that are not here would tell of it.
    await api.client.create(slices, {
      metadata: { name, labels: { 'kubernetes.io/service-name': name } },
      ...{ addressType: 'IPv4', ports: [{ port: 8883 }] },
      endpoints: [{ addresses: ['10.0.0.9'], nodeName: 'n1', conditions: { ready: true } }],
    })
    defer(async () => {
      await api.client.delete(`${slices}/${name}`)
      await api.client.patch(`${SERVICES}/${name}`, { metadata: { finalizers: null } }).catch(() => {})
      await api.client.delete(`${SERVICES}/${name}`).catch(() => {})
    })
    return port
  }

  const reasonOf = async (name: string) =>
    (await api.client.get<Service>(`${SERVICES}/${name}`)).status.conditions?.[0]?.reason
  const calls = async () => (await api.audit()).filter(({ user }) => user.username === USER)
  const unused = async () => {
    const made = await calls()
    return rights.filter((right) => !made.some((call) => isUse(call, right))).map(titleOf)
  }

  it(
    'are enough for all that it does, and it uses every one of them',
    async () => {
      const first = await controller(onTestFinished)
      // As if from a backup: with Roles alone, to take that off is the only patch of a Service.
      const finalizers = nodes === 'nodes' ? [] : ['service.kubernetes.io/load-balancer-cleanup']
      const port = await aService(onTestFinished, 'mosquitto', finalizers)
      await until(async () => (await reasonOf('mosquitto')) === 'Live', { deadline: PATIENCE })
      expect(await connectAndRead({ port })).toMatch(/^node /)

      // The same Event twice is one that counts: of the Service, and of the edge.
      const check = (text: string | null) =>
        api.client.patch(`${SERVICES}/mosquitto`, {
          metadata: { annotations: { 'homeport.dev/check': text } },
        })
      for (const _ of ['once', 'twice']) {
        await check('?')
        await until(async () => (await reasonOf('mosquitto')) === 'AnnotationInvalid')
        await check(null)
        await until(async () => (await reasonOf('mosquitto')) === 'Live', { deadline: PATIENCE })
      }
      const answers = () => first.stdout.match(/"the edge answers"/g)?.length
      for (const times of [2, 3]) {
        await edge.stop()
        await first.printed(new RegExp(`(?:takes no call[^]*){${times - 1}}`))
        await edge.start()
        await until(() => answers() === times, { deadline: PATIENCE })
      }

      const second = await controller(onTestFinished)
      await second.printed(/"the controller starts"/, PATIENCE)
      await first.stop()
      await second.printed(/"leads"/)
      await api.client.delete(`${SERVICES}/mosquitto`)
      await until(async () => !(await api.client.exists(`${SERVICES}/mosquitto`)))
      // With Roles alone nothing holds the Service until its port is closed.
      await until(() =>
        connectAndRead({ port }).then(
          () => false,
          () => true,
        ),
      )

      await until(async () => (await unused()).length === 0).catch(() => {})
      expect(await unused()).toEqual([])
      const refused = (await calls()).filter(({ responseStatus }) => responseStatus?.code === 403)
      expect(refused.map(({ verb, requestURI }) => `${verb} ${requestURI}`)).toEqual([])
    },
    WHOLE_STORY,
  )

  it.each(rights.map((right): [string, Right] => [titleOf(right), right]))(
    '%s is given once only: without it, it is refused',
    async (_, right) => {
      expect(await isAllowed(api, USER, right)).toBe(true)
      const restore = await withdraw(api, right)
      await until(async () => !(await isAllowed(api, USER, right)))
      await restore()
      await until(() => isAllowed(api, USER, right))
    },
  )

  // What is missing is the same in both: once is enough.
  it.each([
    ...(nodes === 'nodes' ? LACKS : []),
    { right: `list ${nodes}`, logged: new RegExp(`"what":"${nodes}"`), isServed: false },
  ])('the log says what is missing without $right', async ({ right: lacking, logged, isServed }) => {
    for (const right of rights.filter(({ verb, resource }) => `${verb} ${resource}` === lacking))
      onTestFinished(await withdraw(api, right))
    const name = lacking.replaceAll(/[ /]/g, '-')
    // A leader of an earlier test has left its Lease.
    await api.client.raw(
      'DELETE',
      '/apis/coordination.k8s.io/v1/namespaces/homeport/leases/homeport-controller',
    )
    const port = await aService(onTestFinished, name)
    const running = await controller(onTestFinished)
    await running.printed(logged, PATIENCE)
    if (isServed) await until(() => connectAndRead({ port }), { deadline: PATIENCE })
    else await expect(connectAndRead({ port })).rejects.toThrow('ECONNREFUSED')
  })
})

it("the two manifests run the same Deployment, but for the namespaces and where the nodes' health is", () => {
  const same = (manifest: string) =>
    manifest
      .slice(manifest.indexOf('kind: Deployment'))
      .replace(/ {12}- \{ name: HOMEPORT_CONTROLLER_(NAMESPACES|NODES_HEALTH_SERVICE), .*\n/g, '')
  expect(same(namespaced)).toBe(same(whole))
  expect(rightsIn(namespaced).every(({ role }) => role.kind === 'Role')).toBe(true)
})

/** A pod on a node that only it tells of. */
async function aPod(api: ApiServer, hostIP: string): Promise<void> {
  const pods = '/api/v1/namespaces/mqtt/pods'
  const containers = [{ name: 'a', image: 'a' }]
  await api.client.create(pods, { metadata: { name: 'mosquitto-0' }, spec: { nodeName: 'n1', containers } })
  await api.client.patch(`${pods}/mosquitto-0/status`, {
    status: {
      phase: 'Running',
      hostIP,
      hostIPs: [{ ip: hostIP }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })
}
