import { describe, onTestFinished } from 'vitest'
import { ApiServer } from '../../src/kubernetes/api-server.ts'
import { kubeconfigAccess } from '../../src/kubernetes/kubeconfig.ts'
import { ApiLease } from '../../src/kubernetes/lease.ts'
import { noApiServer, sharedApiServer } from '../../src/testing/kubernetes/shared-api-server.ts'
import { leaseContract } from '../contract/lease.ts'

describe.skipIf(noApiServer)('ApiLease', () => {
  leaseContract(async () => {
    const server = await sharedApiServer()
    const namespace = await server.namespace(onTestFinished)
    const store = () => {
      const access = kubeconfigAccess({ kubeconfig: server.kubeconfig })
      const api = new ApiServer({ access, userAgent: 'lease-test' })
      onTestFinished(() => api.close())
      return new ApiLease(api, namespace, 'leader')
    }
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/leader`
    return { store: store(), other: store(), remove: () => server.client.delete(path) }
  })
})
