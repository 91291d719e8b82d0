import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { CleanupStack } from '../../src/testing/cleanup.ts'
import type { EdgeProcess } from '../../src/testing/edge-process.ts'
import { Caller } from '../../src/testing/kubernetes/caller.ts'
import type { Cluster } from '../../src/testing/kubernetes/cluster.ts'
import { startClusterEdge } from '../../src/testing/kubernetes/cluster-edge.ts'
import { EchoApp } from '../../src/testing/kubernetes/echo-app.ts'
import { emptyNamespace } from '../../src/testing/kubernetes/empty-namespace.ts'
import { builtPrograms, recipeImage } from '../../src/testing/kubernetes/recipe-image.ts'
import { sharedCluster } from '../../src/testing/kubernetes/shared-cluster.ts'
import { until } from '../../src/testing/until.ts'

const PORT = 8300

interface Pod {
  readonly spec: { readonly nodeName: `node${number}` }
  readonly status: { readonly containerStatuses: readonly [{ readonly containerID: string }] }
}

interface Lease {
  readonly spec: { readonly holderIdentity?: string }
}

describe('the controller in pods, by deploy/kubernetes/controller.yaml', () => {
  const stack = new CleanupStack()
  let cluster: Cluster
  let edge: EdgeProcess
  let app: EchoApp

  const inHomeport = (...args: readonly string[]) => cluster.kubectl(['-n', 'homeport', ...args])
  const leader = async () => {
    const path = '/apis/coordination.k8s.io/v1/namespaces/homeport/leases/homeport-controller'
    return (await cluster.client.get<Lease>(path)).spec.holderIdentity ?? ''
  }

  /** The program in the pod, as by the kernel's out-of-memory killer. */
  const kill9 = async (pod: string) => {
    const { spec, status } = await cluster.client.get<Pod>(`/api/v1/namespaces/homeport/pods/${pod}`)
    const id = status.containerStatuses[0].containerID.replace('containerd://', '')
    await cluster.in(spec.nodeName, 'ctr', ['-n', 'k8s.io', 'tasks', 'kill', '-s', 'SIGKILL', id])
  }

  beforeAll(async () => {
    cluster = await sharedCluster()
    await recipeImage(stack.defer, cluster, 'controller', await builtPrograms(stack.defer))
    edge = await startClusterEdge(stack.defer, cluster)
    const manifest = await readFile('deploy/kubernetes/controller.yaml', 'utf8')
    stack.defer(() => emptyNamespace(cluster.client, 'homeport'))
    stack.defer(async () => {
      await inHomeport('delete', 'clusterrole,clusterrolebinding', 'homeport-controller')
    })
    await cluster.apply(manifest.replaceAll('203.0.113.5', cluster.edgeAddress))
    // By its probes, which want no token: it may come late.
    await inHomeport('rollout', 'status', 'deployment/homeport-controller', '--timeout', '120s')
  })
  afterAll(() => stack.release())

  it('says that it has no token while the Secret is not there, and reads it when it is', async () => {
    const logs = () => inHomeport('logs', '--selector', 'app=homeport-controller', '--tail', '-1')
    await until(async () => (await logs()).includes('token-unreadable'), { what: 'a word about the token' })
    const token = await edge.token({ role: 'phone', clusters: ['home'] })
    await inHomeport('create', 'secret', 'generic', 'homeport', `--from-literal=token=${token}`)
    // The kubelet looks at a pod that changed at once, and at the others once a minute.
    await inHomeport('annotate', 'pods', '--selector', 'app=homeport-controller', 'test/hurry=yes')
    await until(async () => (await logs()).includes('"the edge answers"'), {
      ...{ deadline: 120_000, what: 'a call with the token' },
    })
  })

  it('serves Services', async () => {
    const namespace = await cluster.namespace(stack.defer)
    app = await EchoApp.deploy(cluster, {
      namespace,
      port: PORT,
      service: { externalTrafficPolicy: 'Local' },
    })
    expect((await app.service()).status.loadBalancer.ingress).toMatchObject([
      { ip: cluster.edgeAddress, ipMode: 'VIP' },
    ])
  })

  it('goes on when the one that leads is killed', async () => {
    const caller = await Caller.start(onTestFinished, cluster, { kind: 'http', port: PORT })
    await caller.more(50)
    const identity = await until(leader)
    await kill9(identity.slice(0, identity.lastIndexOf('-')))
    // The lease's duration, and two seconds.
    await until(async () => (await leader()) !== identity, { deadline: 17_000, what: 'another leader' })
    await app.kubectl('annotate', 'service', 'echo', `homeport.dev/allow=${cluster.clientAddress}/32`)
    await until(async () => (await edge.routes()).some(({ allow }) => allow?.length === 1), {
      deadline: 30_000,
      what: 'what was wanted meanwhile',
    })
    expect((await caller.finish()).filter(({ failed }) => failed !== undefined)).toEqual([])
  })
})
