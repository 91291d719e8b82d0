import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
import { until } from '../../src/testing/until.ts'

const [LOCAL, ANY] = [8210, 8211]

/** Milliseconds after which a dead node gets no new connection: the edge's health checks take 3 s, and it is a busy machine. */
const NOTICED = 5_000

/** Milliseconds until Kubernetes notices as well: 16 here, 50 elsewhere. */
const NOTICED_BY_KUBERNETES = 60_000

describe('a node that loses its power', () => {
  const stack = new CleanupStack()
  let cluster: Cluster
  let edge: EdgeProcess
  let callers: readonly Caller[]
  let dead: string
  let living: string
  let since: number

  beforeAll(async () => {
    cluster = await sharedCluster()
    edge = await startClusterEdge(stack.defer, cluster)
    const namespace = await cluster.namespace(stack.defer)
    await startClusterController(stack.defer, cluster, edge)
    const other = await cluster.namespace(stack.defer)
    const service = { externalTrafficPolicy: 'Local' }
    await EchoApp.deploy(cluster, { namespace, port: LOCAL, service })
    await EchoApp.deploy(cluster, { namespace: other, port: ANY })
    callers = await Promise.all(
      [LOCAL, ANY].map((port) => Caller.start(stack.defer, cluster, { kind: 'http', port })),
    )
    for (const caller of callers) await caller.more(50)
    living = (await cluster.addresses(1)).external
    dead = (await cluster.addresses(2)).external
    for (const port of [LOCAL, ANY]) expect(await backendsOf(edge, port)).toEqual([living, dead].toSorted())
    await cluster.stopNode(2)
    stack.defer(() => cluster.startNode(2))
    since = Date.now()
  })
  afterAll(() => stack.release())

  const healthOf = async (address: string) =>
    (await edge.routes()).flatMap(({ backends }) =>
      backends.filter((backend) => backend.address === address).map(({ health }) => health),
    )
  const failed = (calls: Awaited<ReturnType<Caller['finish']>>) =>
    calls.filter((call) => call.at > since && call.failed !== undefined)

  it('is down at the edge within seconds, long before Kubernetes notices', async () => {
    const areDown = async () => (await healthOf(dead)).every((health) => health === 'down')
    await until(areDown, { deadline: since + NOTICED - Date.now(), what: 'a node that is down' })
    expect(await backendsOf(edge, ANY)).toContain(dead)
  })

  it('takes no living node with it, though some of its connections are lost on the way to dead pods', async () => {
    const seen = new Set<string>()
    const isNoticed = async () => {
      for (const health of await healthOf(living)) seen.add(health)
      return (await backendsOf(edge, ANY)).join() === living
    }
    await until(isNoticed, { deadline: NOTICED_BY_KUBERNETES, interval: 100, what: 'a node less' })
    expect(seen).not.toContain('down')
  })

  it('costs a Service of the policy Local no connection, and one of the policy Cluster a few until then', async () => {
    const [local = [], any = []] = await Promise.all(callers.map((caller) => caller.finish()))
    expect(local.filter(({ at }) => at > since + NOTICED).length).toBeGreaterThan(100)
    expect(failed(local)).toEqual([])
    // A connection is tried four times. Half of what reaches kube-proxy goes to the dead pod: one in sixteen fails.
    expect(failed(any).length).toBeLessThan(any.filter(({ at }) => at > since).length / 4)
  })
})
