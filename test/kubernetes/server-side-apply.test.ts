import { describe, expect, it, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig.ts'
import { applyStatus, isGone, serverSideApply } from '../../src/kubernetes/server-side-apply.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'

describe.skipIf(noApiServer)('server-side apply', () => {
  it('makes what is not there, changes what is, and takes away what it no longer names', async () => {
    const { api, namespace } = await connected()
    const path = `/api/v1/namespaces/${namespace}/configmaps/a`
    const map = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data })
    const options = { fieldManager: 'me' }
    await serverSideApply(api, path, map({ x: '1', y: '1' }), options)
    const changed = await serverSideApply(api, path, map({ x: '2' }), options)
    expect(changed).toMatchObject({ data: { x: '2' } })
    expect(changed).not.toHaveProperty('data.y')
  })

  it('says which fields are in the way, and takes them over by force', async () => {
    const { api, namespace } = await connected()
    const path = `/api/v1/namespaces/${namespace}/configmaps/a`
    const map = (x: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { x } })
    await serverSideApply(api, path, map('1'), { fieldManager: 'other' })
    const gentle = serverSideApply(api, path, map('2'), { fieldManager: 'me', force: false })
    await expect(gentle).rejects.toMatchObject({
      status: 409,
      reason: 'Conflict',
      causes: [{ field: '.data.x', message: expect.stringContaining('other') }],
    })
    expect(await serverSideApply(api, path, map('2'), { fieldManager: 'me' })).toMatchObject({
      data: { x: '2' },
    })
  })

  it('applies the status of one object, not of another with its name', async () => {
    const { api, namespace, client } = await connected()
    const services = `/api/v1/namespaces/${namespace}/services`
    const service = { metadata: { name: 'a' }, spec: { type: 'LoadBalancer', ports: [{ port: 80 }] } }
    const { metadata } = await client.create(services, service)
    const owner = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a', uid: metadata.uid } }
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1', ipMode: 'VIP' }] } }
    const apply = () => applyStatus(api, `${services}/a`, owner, status, { fieldManager: 'me' })
    expect(await apply()).toMatchObject({ status })
    await client.delete(`${services}/a`)
    const refused = [await apply().catch(isGone)]
    await client.create(services, service)
    refused.push(await apply().catch(isGone))
    expect(refused).toEqual([true, true])
    expect(await client.get(`${services}/a`)).not.toHaveProperty('status.loadBalancer.ingress')
    const taken = serverSideApply(
      api,
      `${services}/a`,
      { ...owner, metadata: { name: 'b' } },
      { fieldManager: 'me' },
    )
    expect(await taken.catch(isGone)).toBe(false)
  })
})

async function connected() {
  const server = await sharedApiServer()
  const namespace = await server.namespace(onTestFinished)
  const access = kubeconfigAccess({ kubeconfig: server.kubeconfig })
  const api = new ApiServer({ access, userAgent: 'apply-test' })
  onTestFinished(() => api.close())
  return { api, namespace, client: server.client }
}
