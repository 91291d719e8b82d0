import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { kubeconfigOf } from '../../src/testing/kubernetes/service-account.ts'
import { eventsIn, Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const MANIFEST = readFileSync('deploy/kubernetes/controller-namespaced.yaml', 'utf8')
const ACCOUNT = { namespace: 'homeport', name: 'homeport-controller' }

/** Several, since what is deleted first in a namespace is chance. */
const NAMESPACES = ['mqtt', 'mqtt2', 'mqtt3', 'mqtt4']
const [OPEN, SHUT] = ['open', 'shut']

/** Milliseconds, on a machine that has other things to do. */
const PATIENCE = { deadline: 60_000 }

describe.skipIf(noApiServer)('a controller with Roles alone', () => {
  const stack = new CleanupStack()
  let api: ApiServer
  let edge: EdgeProcess
  let kubeconfig: string

  beforeAll(async () => {
    ;[api, edge] = await Promise.all([
      ApiServer.start(stack.defer, { controllers: true }),
      EdgeProcess.start(stack.defer),
    ])
    const names = [...NAMESPACES, OPEN, SHUT]
    for (const name of names) await api.client.create('/api/v1/namespaces', { metadata: { name } })
    await api.kubectl(['apply', '-f', '-'], MANIFEST)
    for (const name of names.slice(1)) await api.kubectl(['apply', '-f', '-'], rolesOf(name))
    kubeconfig = await kubeconfigOf(stack.defer, api, ACCOUNT)
  })
  afterAll(() => stack.release())

  async function started(names: readonly string[], token: string): Promise<StartedProcess> {
    const settings = { NAMESPACES: names.join(','), KUBERNETES_NAMESPACE: 'homeport' }
    return await startController(stack.defer, { api: { kubeconfig }, edge, token, settings })
  }

  async function served(namespace: string): Promise<void> {
    await api.client.create(`/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: 'mosquitto-0' },
      spec: { nodeName: 'n1', containers: [{ name: 'a', image: 'a' }], terminationGracePeriodSeconds: 0 },
    })
    await api.client.patch(`/api/v1/namespaces/${namespace}/pods/mosquitto-0/status`, {
      status: { phase: 'Running', hostIP: '127.0.0.2', hostIPs: [{ ip: '127.0.0.2' }] },
    })
    const services = new Services(api, namespace)
    await services.create('web', { ports: [{ port: await freePort() }] })
    await services.served('web')
  }

  const owners = async () => (await edge.claims()).map(({ owner }) => owner).sort()

  it('serves the others where a namespace has no Role, and leaves what the edge has of that one', async () => {
    const token = await edge.token({ role: 'phone', clusters: ['home'] })
    const first = await started([OPEN, SHUT], token)
    for (const namespace of [OPEN, SHUT]) await served(namespace)
    await first.stop()
    await api.client.delete(
      `/apis/rbac.authorization.k8s.io/v1/namespaces/${SHUT}/rolebindings/homeport-controller`,
    )

    const second = await started([OPEN, SHUT], token)
    const open = new Services(api, OPEN)
    await open.create('new', { ports: [{ port: await freePort() }] })
    await open.served('new')
    expect(await owners()).toEqual(['home/open/new', 'home/open/web', 'home/shut/web'])
    const events = await eventsIn(api, 'homeport')
    expect(events.filter(({ reason }) => reason === 'NamespaceUnseen')).toMatchObject([
      { note: expect.stringMatching(/^The namespace shut may not be seen: .*forbidden/) },
    ])

    await api.kubectl(['apply', '-f', '-'], rolesOf(SHUT))
    const shut = new Services(api, SHUT)
    await shut.create('new', { ports: [{ port: await freePort() }] })
    await shut.served('new')
    for (const services of [open, shut]) for (const name of ['web', 'new']) await services.delete(name)
    await until(async () => (await owners()).length === 0)
    await second.stop()
  })

  it('lets its namespaces be deleted, and closes their ports', async () => {
    await started(NAMESPACES, await edge.token({ role: 'phone', clusters: ['home'] }))
    for (const namespace of NAMESPACES) await served(namespace)
    expect(await owners()).toEqual(NAMESPACES.map((name) => `home/${name}/web`))
    for (const name of NAMESPACES) await api.client.delete(`/api/v1/namespaces/${name}`)
    for (const name of NAMESPACES) {
      const what = `the namespace ${name} being gone`
      await until(async () => !(await api.client.exists(`/api/v1/namespaces/${name}`)), { what, ...PATIENCE })
    }
    await until(async () => (await owners()).length === 0)
  })
})

/** The Role and the RoleBinding of mqtt, for another namespace. */
function rolesOf(namespace: string): string {
  return MANIFEST.split('\n---\n')
    .filter((text) => /^kind: Role/m.test(text) && text.includes('namespace: mqtt # EDIT'))
    .map((text) => text.replaceAll('namespace: mqtt #', `namespace: ${namespace} #`))
    .join('\n---\n')
}
