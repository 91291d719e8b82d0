import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { Caller } from '../../src/testing/kubernetes/caller.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import {
  backendsOf,
  healthyBackendsOf,
  startClusterController,
  startClusterEdge,
} from '../../src/testing/kubernetes/cluster-edge.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { until } from '../../src/testing/until.ts'

const LOCAL = { externalTrafficPolicy: 'Local' }

describe('a Service of type LoadBalancer', () => {
  const stack = new CleanupStack()
  let cluster: Cluster
  let edge: EdgeProcess

  beforeAll(async () => {
    cluster = await sharedCluster()
    edge = await startClusterEdge(stack.defer, cluster)
    await startClusterController(stack.defer, cluster, edge)
  })
  afterAll(() => stack.release())

  const deploy = async (options: Partial<Parameters<typeof EchoApp.deploy>[1]> & { port: number }) =>
    EchoApp.deploy(cluster, { namespace: await cluster.namespace(onTestFinished), ...options })

  const call = (port: number) => Caller.start(onTestFinished, cluster, { kind: 'http', port })

  it('is served at the address that its status says', async () => {
    const app = await deploy({ port: 8100 })
    expect((await app.service()).status.loadBalancer.ingress).toMatchObject([
      { ip: cluster.edgeAddress, ipMode: 'VIP' },
    ])
    const answer = await cluster.in('client', 'curl', ['-sS', `http://${cluster.edgeAddress}:8100`])
    expect([...(await app.pods()).values()]).toContain(answer.split(' ')[0])
    const nodes = await Promise.all([1, 2].map((node) => cluster.addresses(node)))
    expect(await backendsOf(edge, 8100)).toEqual(nodes.map(({ external }) => external).toSorted())
  })

  it('loses no connection while its pods are replaced and deleted', async () => {
    const app = await deploy({ port: 8101, service: LOCAL })
    expect((await app.service()).spec.healthCheckNodePort).toBeGreaterThan(0)
    const caller = await call(8101)
    await caller.more(100)
    await app.kubectl('rollout', 'restart', 'deployment/echo')
    await app.rolledOut()
    const [one = '', other = ''] = (await app.pods()).values()
    await caller.answered(new RegExp(one))
    await app.kubectl('delete', 'pod', one)
    await caller.answered(new RegExp(other))
    const calls = await caller.finish()
    expect(calls.length).toBeGreaterThan(300)
    expect(calls.filter(({ failed }) => failed !== undefined)).toEqual([])
  })

  it("shows its pods the client's address, by the PROXY protocol", async () => {
    const annotations = { 'homeport.dev/proxy-protocol': 'v1' }
    const app = await deploy({ port: 8102, annotations, command: 'lines' })
    expect((await app.service()).status.loadBalancer.ingress?.[0]?.ipMode).toBe('Proxy')
    const caller = await Caller.start(onTestFinished, cluster, { kind: 'line', port: 8102 })
    const { said } = await caller.answered()
    expect(said).toContain(`got PROXY TCP4 ${cluster.clientAddress} ${cluster.edgeAddress} `)
  })

  it('keeps a client with its pod, when it asks for that', async () => {
    const app = await deploy({ port: 8103, service: { sessionAffinity: 'ClientIP', ...LOCAL } })
    expect((await app.pods()).size).toBe(2)
    // A node that joins takes over some of the clients.
    await until(async () => (await healthyBackendsOf(edge, 8103)).length === 2)
    const caller = await call(8103)
    await caller.more(50)
    const pods = new Set((await caller.finish()).map(({ said }) => said?.split(' ')[0]))
    expect(pods.size).toBe(1)
  })
})
