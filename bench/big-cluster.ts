import type { ApiServer } from '../src/testing/kubernetes/api-server.ts'
import { FIRST_PORT } from './claims.ts'

/** What the cluster of the controller's figures has. Node ports are 2,768: a Service here has one. */
export const BIG = { services: 2_000, endpointsEach: 5, nodes: 100 } as const

const NAMESPACE = 'big'

/** Calls to the API server at the same time. */
const AT_ONCE = 16

/** The namespace's Services, their EndpointSlices and the nodes, straight into a real API server: nothing of it runs. */
export async function fillCluster(api: ApiServer): Promise<void> {
  await api.client.create('/api/v1/namespaces', { metadata: { name: NAMESPACE } })
  await inParallel(BIG.nodes, (index) => addNode(api, index))
  await inParallel(BIG.services, async (index) => {
    await api.client.create(`/apis/discovery.k8s.io/v1/namespaces/${NAMESPACE}/endpointslices`, slice(index))
    await api.client.create(`/api/v1/namespaces/${NAMESPACE}/services`, service(index))
  })
}

async function addNode(api: ApiServer, index: number): Promise<void> {
  const name = `n${index}`
  await api.client.create('/api/v1/nodes', { metadata: { name } })
  await api.client.patch(`/api/v1/nodes/${name}/status`, {
    status: {
      addresses: [{ type: 'InternalIP', address: `127.0.1.${index + 1}` }],
      conditions: [{ type: 'Ready', status: 'True' }],
    },
  })
}

function service(index: number): object {
  return {
    // Nothing answers at these nodes, and what HAProxy makes of that is not measured here.
    metadata: { name: `s${index}`, annotations: { 'homeport.dev/check': 'none' } },
    spec: {
      type: 'LoadBalancer',
      loadBalancerClass: 'homeport.dev/edge',
      ports: [{ port: FIRST_PORT + index }],
    },
  }
}

function slice(index: number): object {
  const endpoints = Array.from({ length: BIG.endpointsEach }, (_, at) => ({
    addresses: [`10.${at}.${index >> 8}.${index & 255}`],
    nodeName: `n${(index + at) % BIG.nodes}`,
    conditions: { ready: true },
  }))
  return {
    metadata: { name: `s${index}-1`, labels: { 'kubernetes.io/service-name': `s${index}` } },
    ...{ addressType: 'IPv4', ports: [{ port: 8080 }], endpoints },
  }
}

async function inParallel(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
}
