import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { Caller } from '../../src/testing/kubernetes/caller.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import {
  backendsOf,
  startClusterController,
  startClusterEdge,
} from '../../src/testing/kubernetes/cluster-edge.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import type { StartedProcess } from '../../src/testing/start-process.ts'
import { until } from '../../src/testing/until.ts'

const PORT = 8200

describe('a Service of type LoadBalancer, when something fails', () => {
  const stack = new CleanupStack()
  const controllers: StartedProcess[] = []
  let cluster: Cluster
  let edge: EdgeProcess
  let app: EchoApp
  let caller: Caller

  beforeAll(async () => {
    cluster = await sharedCluster()
    edge = await startClusterEdge(stack.defer, cluster)
    for (const _ of [1, 2]) controllers.push(await startClusterController(stack.defer, cluster, edge))
    const namespace = await cluster.namespace(stack.defer)
    app = await EchoApp.deploy(cluster, {
      namespace,
      port: PORT,
      service: { externalTrafficPolicy: 'Local' },
    })
  })
  afterAll(() => stack.release())

  beforeEach(async () => {
    await servedByBoth()
    caller = await Caller.start(onTestFinished, cluster, { kind: 'http', port: PORT })
    await caller.more(50)
  })

  it('goes on without the leader, until another one leads', async () => {
    const { leader, other } = await whoLeads()
    leader.kill('SIGKILL')
    // The lease's duration, and two seconds.
    await other.printed(/"leads"/, 5_000)
    await app.kubectl('annotate', 'service', 'echo', `homeport.dev/allow=${cluster.clientAddress}/32`)
    await until(async () => (await edge.routes()).some(({ allow }) => allow?.length === 1))
    expect(failures(await caller.finish())).toEqual([])
  })

  it('goes on without the daemon of the edge', async () => {
    const { haproxy } = await edge.status()
    await edge.kill9()
    await caller.more(100)
    await edge.start()
    await caller.more(50)
    expect((await edge.status()).haproxy).toMatchObject({ pid: haproxy.pid, reloads: 0 })
    expect(failures(await caller.finish())).toEqual([])
  })

  it('is served again as soon as the edge is, after its power was cut', async () => {
    await edge.crash()
    await until(() => failures(caller.calls).length > 0)
    await edge.start()
    await caller.answered()
    await servedByBoth()
  })

  it('follows a node to its new external address', async () => {
    const { external } = await cluster.otherAddresses(2)
    await cluster.readdressNode(2, external)
    await until(async () => (await backendsOf(edge, PORT)).includes(external))
    await caller.answered(new RegExp(await podOn(2)))
    await servedByBoth()
  })

  it('does not notice that a node has another internal address', async () => {
    const { internal } = await cluster.otherAddresses(2)
    await cluster.readdressNode(2, internal)
    await caller.answered(new RegExp(await podOn(2)))
    expect(failures(await caller.finish())).toEqual([])
  })

  it('leaves a node that is cordoned when its pods do, and comes back with them', async () => {
    await app.kubectl('cordon', 'node2')
    await servedByBoth()
    await app.kubectl('rollout', 'restart', 'deployment/echo')
    await app.rolledOut()
    const { external } = await cluster.addresses(1)
    await until(async () => (await backendsOf(edge, PORT)).join() === external)
    await spreadAgain()
    expect(failures(await caller.finish())).toEqual([])
  })

  it('leaves a node that is drained without losing a connection', async () => {
    await app.kubectl('drain', 'node2', '--pod-selector=app=echo', '--timeout=60s')
    const { external } = await cluster.addresses(1)
    await until(async () => (await backendsOf(edge, PORT)).join() === external)
    await app.rolledOut()
    await spreadAgain()
    expect(failures(await caller.finish())).toEqual([])
  })

  async function spreadAgain(): Promise<void> {
    await app.kubectl('uncordon', 'node2')
    await app.kubectl('rollout', 'restart', 'deployment/echo')
    await app.rolledOut()
    await servedByBoth()
  }

  async function servedByBoth(): Promise<void> {
    const nodes = await Promise.all([1, 2].map((node) => cluster.addresses(node)))
    const wanted = nodes
      .map(({ external }) => external)
      .toSorted()
      .join()
    await until(async () => (await backendsOf(edge, PORT)).join() === wanted, {
      deadline: 60_000,
      what: `${wanted} behind the edge`,
    })
  }

  async function podOn(node: number): Promise<string> {
    return (await app.pods()).get(`node${node}`) ?? 'none'
  }

  async function whoLeads() {
    const leads = ({ stdout }: StartedProcess) => stdout.includes('"leads"')
    const leader = await until(() => controllers.find(leads))
    const other = controllers.find((one) => one !== leader)
    if (!other) throw new Error('there is one controller only')
    return { leader, other }
  }
})

function failures<T extends { readonly failed?: string }>(calls: readonly T[]): T[] {
  return calls.filter(({ failed }) => failed !== undefined)
}
