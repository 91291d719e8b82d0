import { describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'

const service = {
  metadata: { name: 'mosquitto', finalizers: ['homeport.test/keep'] },
  spec: { type: 'LoadBalancer', ports: [{ port: 8883 }] },
}

describe.skipIf(noApiServer)('the shared API server', () => {
  it('gives a namespace, and takes it away with what a finalizer holds in it', async () => {
    const server = await sharedApiServer()
    const stack = new CleanupStack()
    const namespace = await server.namespace(stack.defer)
    const services = `/api/v1/namespaces/${namespace}/services`
    const made = await server.client.create<typeof service>(services, service)
    expect(made.spec.ports).toMatchObject([{ port: 8883, nodePort: expect.any(Number) }])
    await stack.release()
    expect(await server.client.exists(`/api/v1/namespaces/${namespace}`)).toBe(false)
    expect(await server.client.exists(`${services}/mosquitto`)).toBe(false)
  })

  it('refuses what Kubernetes refuses', async () => {
    const server = await sharedApiServer()
    const services = `/api/v1/namespaces/${await server.namespace(onTestFinished)}/services`
    const wrong = { ...service, spec: { type: 'LoadBalancer', ports: [{ port: 0 }] } }
    await expect(server.client.create(services, wrong)).rejects.toThrow(/422.*spec\.ports\[0\]\.port/)
  })

  it('writes down who called what', async () => {
    const server = await sharedApiServer()
    const namespace = await server.namespace(onTestFinished)
    const services = `/api/v1/namespaces/${namespace}/services`
    await server.client.create(services, service)
    await server.client.patch(`${services}/mosquitto/status`, { status: { loadBalancer: { ingress: [] } } })
    const calls = (await server.audit()).filter(({ objectRef }) => objectRef?.namespace === namespace)
    expect(calls).toMatchObject([
      { verb: 'create', user: { username: 'admin' }, objectRef: { resource: 'services' } },
      { verb: 'patch', objectRef: { resource: 'services', subresource: 'status', name: 'mosquitto' } },
    ])
  })

  it('can be asked with kubectl', async () => {
    const server = await sharedApiServer()
    const namespace = await server.namespace(onTestFinished)
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { answer: '42' } }
    await server.kubectl(['-n', namespace, 'apply', '-f', '-'], JSON.stringify(map))
    expect(await server.kubectl(['-n', namespace, 'get', 'cm', 'a', '-o', 'jsonpath={.data.answer}'])).toBe(
      '42',
    )
  })
})
