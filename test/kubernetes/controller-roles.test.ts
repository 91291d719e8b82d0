import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { startController } from '../../src/testing/controller-process.ts'
import { EdgeProcess } from '../../src/testing/edge-process.ts'
import { freePort } from '../../src/testing/free-port.ts'
import { ApiServer } from '../../src/testing/kubernetes/api-server.ts'
import { kubeconfigOf } from '../../src/testing/kubernetes/service-account.ts'
import { Services } from '../../src/testing/kubernetes/services.ts'
import { noApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { until } from '../../src/testing/until.ts'

const MANIFEST = readFileSync('deploy/kubernetes/controller-namespaced.yaml', 'utf8')
const ACCOUNT = { namespace: 'homeport', name: 'homeport-controller' }

/** Several, since what is deleted first in a namespace is chance. */
const NAMESPACES = ['mqtt', 'mqtt2', 'mqtt3', 'mqtt4']

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
    for (const name of NAMESPACES) await api.client.create('/api/v1/namespaces', { metadata: { name } })
    await api.kubectl(['apply', '-f', '-'], MANIFEST)
    for (const name of NAMESPACES.slice(1)) await api.kubectl(['apply', '-f', '-'], rolesOf(name))
    kubeconfig = await kubeconfigOf(stack.defer, api, ACCOUNT)
  })
  afterAll(() => stack.release())

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

  it('lets its namespaces be deleted, and closes their ports', async () => {
    const settings = { NAMESPACES: NAMESPACES.join(','), KUBERNETES_NAMESPACE: 'homeport' }
    const token = await edge.token({ role: 'phone', clusters: ['home'] })
    await startController(stack.defer, { api: { kubeconfig }, edge, token, settings })
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
